import { z } from 'zod';
import type { Value } from '../model/host.ts';

const texts = z.union([z.string(), z.array(z.string())]);
const condition = z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()]))]);
const name = z.string().regex(/^[A-Za-z_]\w*$/, 'a variable name has letters, digits and _, and does not begin with a digit');
const value = z.custom<Value>((v) => v !== undefined);
const nodes = z.array(z.record(z.string(), value), 'expected a list of tasks ("- module: …")').nullable();
const batch = z.union([z.int().min(1), z.string().regex(/^\d+%?$/, 'expected a number of hosts, or a share such as "30%"')]);

const inherited = {
  become: z.boolean(),
  become_user: z.string(),
  vars: z.record(name, value).nullable(),
  tags: texts,
  ignore_errors: z.boolean(),
  no_log: z.boolean(),
  check_mode: z.boolean(),
  run_once: z.boolean(),
};
const underPlay = { ...inherited, when: condition, delegate_to: z.string() };

/** The keywords of a play; unknown ones have been refused before. */
export const PLAY = z.object({
  name: z.string().optional(),
  hosts: texts,
  gather_facts: z.boolean().optional(),
  vars_files: texts.nullable().optional(),
  serial: z.union([batch, z.array(batch)]).optional(),
  max_fail_percentage: z.number().min(0).max(100).optional(),
  any_errors_fatal: z.boolean().optional(),
  pre_tasks: nodes.optional(),
  tasks: nodes.optional(),
  post_tasks: nodes.optional(),
  handlers: nodes.optional(),
  ...z.object(inherited).partial().shape,
});

export const BLOCK = z.object({
  name: z.string().optional(),
  block: nodes,
  rescue: nodes.optional(),
  always: nodes.optional(),
  ...z.object(underPlay).partial().shape,
});

/** The keywords of a task, its module aside. */
export const TASK = z
  .object({
    name: z.string(),
    args: z.record(z.string(), value),
    loop: z.union([z.string(), z.array(value)]),
    loop_control: z.strictObject({ loop_var: name.optional(), label: value.optional() }),
    register: name,
    notify: texts,
    listen: texts,
    changed_when: condition,
    failed_when: condition,
    until: condition,
    retries: z.int().min(0),
    delay: z.number().min(0),
    timeout: z.number().min(0),
    ...underPlay,
  })
  .partial();

const LATER = 'it comes later';
/** Words of Ansible's language that mean nothing here yet, with what to write instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['async', 'poll', 'environment', 'strategy', 'module_defaults', 'throttle', 'debugger', 'vars_prompt', 'force_handlers', 'order'].map(
      (word) => [word, LATER],
    ),
  ),
  ...Object.fromEntries(
    ['ignore_unreachable', 'gather_subset', 'fact_path', 'delegate_facts', 'diff', 'collections', 'import_playbook'].map((word) => [
      word,
      LATER,
    ]),
  ),
  ...Object.fromEntries(
    ['include_vars', 'include_tasks', 'import_tasks', 'include', 'roles', 'include_role', 'import_role'].map((word) => [
      word,
      'write the tasks into the play',
    ]),
  ),
  ...Object.fromEntries(['become_method', 'become_flags', 'become_exe'].map((word) => [word, 'become always uses sudo'])),
  ...Object.fromEntries(
    ['connection', 'remote_user', 'port'].map((word) => [word, 'set ansible_connection, ansible_user, ansible_port in the inventory']),
  ),
  action: 'write the module as the key: "service: …"',
  local_action: 'write the module as the key, with delegate_to: localhost',
};

/** What to do about a word that Ansible knows and vipctl does not; `undefined` for a word nobody knows. */
export function unsupported(word: string): string | undefined {
  if (/^with_\w+$/.test(word)) return 'write loop: with a list';
  return Object.hasOwn(UNSUPPORTED, word) ? UNSUPPORTED[word] : undefined;
}

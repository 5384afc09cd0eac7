import { relative, resolve } from 'node:path';
import { ConfigError } from '../model/errors.ts';
import { secretsIn } from '../model/secret-name.ts';
import { kindOf, readText } from './inventory/read.ts';
import type { Node, Play, Playbook } from './play.ts';
import { PLAY } from './playbook-keywords.ts';
import {
  below,
  type Here,
  type KnownModule,
  listOf,
  type Mapping,
  readInherited,
  readNodes,
  readTask,
  refuseUnknown,
} from './playbook-task.ts';
import { toConfigError } from './problem.ts';
import { show, validate } from './schema.ts';
import { checkTemplates } from './template.ts';
import { parseYaml, type YamlDocument } from './yaml.ts';

/** Reads a playbook and everything in it that is wrong whatever the hosts are; positions name the file as seen from `cwd`. Throws ConfigError. */
export async function loadPlaybook(file: string, modules: readonly KnownModule[], cwd = '/'): Promise<Playbook> {
  const path = resolve(cwd, file);
  const shown = relative(cwd, path).startsWith('..') || cwd === '/' ? path : relative(cwd, path);
  if ((await kindOf(shown, cwd)) !== 'file') throw new ConfigError(`there is no playbook ${shown}`);
  return { ...parsePlaybook(parseYaml(await readText(shown, cwd), shown), modules), file: path };
}

/** The plays of a YAML document that is a playbook. */
export function parsePlaybook(document: YamlDocument, modules: readonly KnownModule[]): Playbook {
  const here: Here = (path, of) => (of === 'key' ? document.keyAt(path) : document.at(path));
  const { data, file } = document;
  if (!Array.isArray(data))
    throw toConfigError([
      { message: `a playbook is a list of plays, got ${show(data)}`, position: here([]), hint: 'begin with "- hosts: …"' },
    ]);
  checkTemplates(data, here);
  const plays = data.map((play, i) => readPlay(play, below(here, i), modules));
  return { file, plays, secrets: [...document.secrets, ...secretsIn(data)] };
}

function readPlay(written: unknown, here: Here, modules: readonly KnownModule[]): Play {
  if (typeof written === 'object' && written !== null && !Array.isArray(written))
    refuseUnknown(Object.keys(written), Object.keys(PLAY.shape), 'play', here);
  const play = validate(PLAY, written, here, 'play');
  const hosts = listOf(play.hosts).join(',');
  return {
    name: play.name ?? hosts,
    hosts,
    ...readInherited(play, here),
    gatherFacts: play.gather_facts ?? true,
    varsFiles: listOf(play.vars_files).map((path, i) => ({
      path,
      where: here(['vars_files', ...(typeof play.vars_files === 'string' ? [] : [i])]),
    })),
    serial: [play.serial ?? []].flat().map(batchSize),
    ...(play.max_fail_percentage !== undefined && { maxFailPercentage: play.max_fail_percentage }),
    anyErrorsFatal: play.any_errors_fatal ?? false,
    tasks: sections([play.pre_tasks, play.tasks, play.post_tasks], here, modules),
    handlers: (play.handlers ?? []).map((handler, i) => readHandler(handler, below(here, 'handlers', i), modules)),
    where: here([]),
  };
}

/** Pre-tasks, tasks and post-tasks in one list; handlers run between them, as Ansible runs them. */
function sections(lists: readonly (readonly Mapping[] | null | undefined)[], here: Here, modules: readonly KnownModule[]): Node[] {
  const names = ['pre_tasks', 'tasks', 'post_tasks'];
  const read = lists.map((list, i) => readNodes(list, below(here, names[i] ?? ''), modules)).filter((nodes) => nodes.length > 0);
  return read.flatMap((nodes, i) => (i === 0 ? nodes : [flush(here), ...nodes]));
}

const flush = (here: Here): Node => readTask({ name: 'flush_handlers', meta: 'flush_handlers', tags: 'always' }, () => here([]), []);

function readHandler(handler: Mapping, here: Here, modules: readonly KnownModule[]) {
  if (Object.hasOwn(handler, 'block'))
    throw toConfigError([{ message: 'a block as a handler is not supported yet', position: here(['block'], 'key') }]);
  return readTask(handler, here, modules);
}

const batchSize = (size: number | string) =>
  typeof size === 'string' && !size.endsWith('%') ? Number(size) : (size as number | `${number}%`);

import { z } from 'zod';
import type { Change, Plan } from '../model/change.ts';
import type { Value } from '../model/host.ts';
import { noQuestion, type Probe } from '../model/probe.ts';
import type { CommandResult } from '../shell/batch.ts';
import { type Command, sh } from '../shell/sh.ts';
import { absolutePath } from './params.ts';

/** Parameters that `command` and `shell` share. */
export const ranParams = {
  chdir: absolutePath.optional().describe('Folder to run in'),
  creates: absolutePath.optional().describe('Do not run when this exists'),
  removes: absolutePath.optional().describe('Do not run when this does not exist'),
  stdin: z.string().optional().describe('Text the command reads on standard input'),
  stdin_add_newline: z.boolean().default(true).describe('End that text with a newline'),
};

type Params = z.infer<z.ZodObject<typeof ranParams>>;

/** Why the command need not run; `undefined`: it must. */
type Excuse = string | undefined;

/** Asks whether `creates` or `removes` excuse the command. */
export function excuseProbe({ creates, removes }: Params): Probe<Excuse> {
  if (creates === undefined && removes === undefined) return noQuestion;
  const exists = (path: string | undefined, label: string) => (path === undefined ? [] : [sh`[ ! -e ${path} ] || echo ${label}`]);
  return {
    command: [...exists(creates, 'created'), ...exists(removes, 'removable')].reduce((one, other) => sh`${one}; ${other}`),
    parse({ stdout }) {
      if (stdout.includes('created')) return `skipped, since ${creates} exists`;
      return removes === undefined || stdout.includes('removable') ? undefined : `skipped, since ${removes} does not exist`;
    },
  };
}

/** One change that runs the command, or none when it is excused. */
export function planRun(params: Params, excuse: Excuse, command: Command): Plan {
  if (excuse !== undefined) return [];
  const { chdir, stdin, stdin_add_newline } = params;
  const bytes = stdin === undefined ? undefined : Buffer.from(stdin_add_newline ? `${stdin}\n` : stdin);
  const placed = chdir === undefined ? command : sh`cd -- ${chdir} || exit\n${command}`;
  const change: Change = {
    what: command.shown,
    before: 'not run',
    after: 'run',
    apply: [{ kind: 'run', command: placed, ...(bytes && { stdin: bytes }) }],
  };
  return [change];
}

/** What `register` receives of a command: Ansible's names. */
export function ranResult(cmd: Value, excuse: Excuse, ran: readonly CommandResult[]): Readonly<Record<string, Value>> {
  const { exitCode, stdout, stderr } = ran.at(-1) ?? { exitCode: 0, stdout: excuse ?? '', stderr: '' };
  return { cmd, rc: exitCode, ...streams('stdout', stdout), ...streams('stderr', stderr) };
}

function streams(name: string, text: string) {
  const stripped = text.replace(/[\r\n]+$/, '');
  return { [name]: stripped, [`${name}_lines`]: stripped === '' ? [] : stripped.split(/\r?\n/) };
}

import type { NodePlan } from '../cluster/derive.ts';
import type { Section } from '../facts/section.ts';
import { sh } from '../shell/sh.ts';

/** Kind and rights of a file, as `ls -ldn` shows them. */
export interface FileMode {
  /** `-`, `d`, `l` … */
  readonly kind: string;
  /** `rwxr-xr-x` */
  readonly rights: string;
  readonly uid: number;
  readonly gid: number;
}

/** The program a check starts. */
export const programOf = (script: string): string => script.split(' ')[0] ?? '';

/** Looks at every program keepalived starts on a node, and at all folders above it. */
export const programModes = ({ keepalived, paths }: NodePlan): Section<ReadonlyMap<string, FileMode>> => ({
  command: sh`ls -ldn -- ${[...new Set([...keepalived.checks.map((c) => programOf(c.script)), paths.notify].flatMap(pathsTo))]}`,
  parse: (text) =>
    new Map(
      [...text.matchAll(/^(.)(.{9})\S*\s+\d+\s+(\d+)\s+(\d+)\s.*?\s(\/\S*)(?: -> .*)?$/gm)].map(
        ([, kind = '', rights = '', uid, gid, path = '']) => [path, { kind, rights, uid: Number(uid), gid: Number(gid) }],
      ),
    ),
});

const pathsTo = (program: string): string[] => {
  const parts = program.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
};

/** Why keepalived would leave a program out, which it does without failing; undefined where it takes it (check_security in lib/notify.c). */
export function flawOf(program: string, modes: ReadonlyMap<string, FileMode>): string | undefined {
  const own = modes.get(program);
  if (!own) return `${program} is missing`;
  if (own.kind !== '-' && own.kind !== 'l') return `${program} is no file`;
  if (own.kind === '-' && !own.rights.includes('x')) return `${program} is not executable`;
  const open = pathsTo(program).find((path) => isOpen(modes.get(path)));
  return open === undefined ? undefined : `${open} can be changed by others than root`;
}

function isOpen(mode: FileMode | undefined): boolean {
  if (!mode) return false;
  if (mode.uid !== 0) return true;
  if (mode.kind === 'l' || (mode.kind === 'd' && /t$/i.test(mode.rights))) return false;
  return mode.rights[7] === 'w' || (mode.gid !== 0 && mode.rights[4] === 'w');
}

import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './poll.ts';

/**
 * The control groups of one host, one per hierarchy in which systemd keeps its services: two hosts in one group would take each
 * other's services for their own. The keeper stays outside, for a group with processes cannot be divided (cgroups(7)).
 */
export interface HostGroups {
  readonly host: readonly string[];
  readonly keeper: readonly string[];
}

/** Makes a host's control groups, or finds them. */
export async function ensureGroups(lab: string, host: string): Promise<HostGroups> {
  const folders = labGroups(lab, await hierarchies());
  const groups = { host: folders.map((f) => join(f, host)), keeper: folders.map((f) => join(f, `${host}.keeper`)) };
  await Promise.all([...groups.host, ...groups.keeper].map((folder) => mkdir(folder, { recursive: true })));
  return groups;
}

/** Removes a lab's control groups, which must be empty of processes. */
export async function removeGroups(lab: string): Promise<void> {
  await Promise.all(labGroups(lab, await hierarchies()).map(removeTree));
}

/** The arguments of `sh` that run a program as a member of these groups. */
export const inGroups = (groups: readonly string[], argv: readonly string[]): string[] => ['-c', JOIN, 'lab', ...groups, '--', ...argv];

const JOIN = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit; shift; done; shift; exec "$@"';

const labGroups = (lab: string, roots: readonly string[]) => roots.map((root) => join(root, `vipctl-lab-${lab}`));

/** Mount points of cgroup version 2 and of systemd's own version 1 hierarchy (proc_pid_mountinfo(5)). */
export function readHierarchies(mountinfo: string): string[] {
  const mounts = mountinfo.split('\n').map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , options = ''] = after.split(' ');
    return { type, folder: before.split(' ')[4] ?? '', options: options.split(',') };
  });
  return mounts.filter((m) => m.type === 'cgroup2' || (m.type === 'cgroup' && m.options.includes('name=systemd'))).map((m) => m.folder);
}

/** The hierarchies of this machine. */
export const hierarchies = async () => readHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));

/** How long the last processes of a host may take to go, once its keeper has gone. */
const EMPTY_MS = 10_000;

/** The kernel removes a group's files with it, and refuses a group that has groups, or processes that are still on their way out (EBUSY). */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  if (!(await eventually(() => isRemoved(folder), EMPTY_MS))) await rmdir(folder);
}

const isRemoved = (folder: string) =>
  rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EBUSY') return false;
      throw error;
    },
  );

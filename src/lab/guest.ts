import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { kill } from 'node:process';
import { HostError } from '../model/errors.ts';
import { ensureGroups, inGroups } from './cgroup.ts';
import type { Boot } from './images/image.ts';
import { bridgeName, hostPlaces, machineId, machineName } from './names.ts';
import { underOverlay } from './overlay.ts';
import { eventually } from './poll.ts';

/** The processes of one host as the kernel shows them; no file can say otherwise. */
export interface Guest {
  /** Mounts the host's root and starts nspawn again when the host reboots. */
  readonly keepers: readonly number[];
  readonly nspawn: readonly number[];
  /** The host's PID 1. */
  readonly init: number | undefined;
}

/** `running`: supervised, though it may be rebooting; `broken`: what is left of a host whose supervisor was killed. */
export type Power = 'running' | 'off' | 'broken';

export function powerOf({ keepers, nspawn, init }: Guest): Power {
  if (keepers.length > 0) return 'running';
  return nspawn.length > 0 || init !== undefined ? 'broken' : 'off';
}

/** Boots a host whose files are in place; returns as soon as it has been started. */
export async function startGuest(lab: string, host: string, layers: readonly string[], boot: Boot): Promise<void> {
  const places = hostPlaces(lab, host);
  for (const path of [places.work, places.outage]) await rm(path, { recursive: true, force: true });
  for (const path of [places.work, places.root]) await mkdir(path, { recursive: true });
  const nspawn = [
    ...(boot.environment ? ['env', ...boot.environment] : []),
    ...['systemd-nspawn', `--directory=${places.root}`, `--machine=${machineName(lab, host)}`, `--uuid=${machineId(lab, host)}`],
    ...[
      '--register=no',
      '--keep-unit',
      '--resolv-conf=off',
      '--link-journal=no',
      `--network-bridge=${bridgeName(lab)}`,
      '--capability=all',
    ],
    // The clock is the machine's: nothing in a host may set it, root included.
    '--system-call-filter=~@clock',
    // What a distribution's own PID 1 gets; nspawn's 1024 stops HAProxy at 500 connections.
    '--rlimit=NOFILE=1024:524288',
    ...[`--kill-signal=${boot.powerOff}`, ...boot.args],
  ];
  const groups = await ensureGroups(lab, host);
  const program = underOverlay(layers, places, ['sh', ...inGroups(groups.host, nspawn)]);
  const log = await open(places.log, 'a');
  try {
    const keeper = spawn('sh', inGroups(groups.keeper, program), { detached: true, cwd: '/', stdio: ['ignore', log.fd, log.fd] });
    await new Promise((resolve, reject) => keeper.once('spawn', resolve).once('error', reject));
    keeper.unref();
  } finally {
    await log.close();
  }
}

/** Powers a host off in good order (at most 30 s), else as by pulling the plug. */
export async function stopGuest(lab: string, host: string, signal?: AbortSignal): Promise<void> {
  const told = new Set<number>();
  const isOff = async () => {
    const guest = await findGuest(lab, host);
    // A host that is rebooting comes back under another nspawn, which has to be told as well.
    for (const pid of guest.nspawn.filter((p) => !told.has(p))) send(pid, 'SIGTERM');
    for (const pid of guest.nspawn) told.add(pid);
    return powerOf(guest) === 'off';
  };
  if (!(await eventually(isOff, 30_000, signal))) await cutGuest(lab, host, signal);
}

/** Pulls the plug: kills PID 1, and the kernel every process of the host with it (pid_namespaces(7)). Throws when the host outlives that. */
export async function cutGuest(lab: string, host: string, signal?: AbortSignal): Promise<void> {
  // Looked for anew each time: a keeper that is killed while its host reboots leaves an nspawn that nobody has seen yet.
  const strike = async (nspawnToo: boolean) => {
    const guest = await findGuest(lab, host);
    const { keepers, nspawn, init } = guest;
    for (const pid of [...keepers, ...(init === undefined ? [] : [init]), ...(nspawnToo ? nspawn : [])]) send(pid, 'SIGKILL');
    return powerOf(guest) === 'off';
  };
  if (await eventually(() => strike(false), 5_000, signal)) return;
  if (!(await eventually(() => strike(true), 5_000, signal))) throw new HostError(`${host} of lab ${lab} cannot be switched off`);
}

/** Finds a host's processes, orphaned ones included. */
export async function findGuest(lab: string, host: string): Promise<Guest> {
  const directory = `--directory=${hostPlaces(lab, host).root}`;
  const id = machineId(lab, host);
  const processes = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readProcess));
  const ours = processes.filter((p) => p.arguments.includes(directory));
  const nspawn = ours.filter((p) => p.arguments[0] === 'systemd-nspawn');
  const keepers = ours.filter((p) => !nspawn.includes(p));
  const init = processes.find((p) => p.innerPid === 1 && p.containerId === id);
  return { keepers: keepers.map((p) => p.pid), nspawn: nspawn.map((p) => p.pid), init: init?.pid };
}

async function readProcess(name: string) {
  // A process may end while it is read: then it has nothing to say.
  const read = (file: string) => readFile(`/proc/${name}/${file}`, 'latin1').catch(() => '');
  const [commandLine, environment, status] = await Promise.all([read('cmdline'), read('environ'), read('status')]);
  const containerId = environment
    .split('\0')
    .find((v) => v.startsWith('container_uuid='))
    ?.slice('container_uuid='.length)
    .replaceAll('-', '');
  const innerPid = Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1]);
  return { pid: Number(name), arguments: commandLine.split('\0'), containerId, innerPid };
}

/** Signals a process, which may have ended by itself meanwhile. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

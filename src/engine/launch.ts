import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readExtraVars } from '../config/extra-vars.ts';
import { createSourceFiles } from '../config/files.ts';
import { type Inventory, localNames } from '../config/inventory/inventory.ts';
import { readLimit } from '../config/inventory/limit.ts';
import { loadInventory } from '../config/inventory/load.ts';
import { selectHosts } from '../config/inventory/patterns.ts';
import type { Playbook } from '../config/play.ts';
import { loadPlaybook } from '../config/playbook.ts';
import type { Facts } from '../facts/facts.ts';
import { ConfigError } from '../model/errors.ts';
import type { Emit } from '../model/event.ts';
import type { Host } from '../model/host.ts';
import { modules } from '../modules/index.ts';
import type { Redactor } from '../report/redact.ts';
import type { Secret } from '../shell/sh.ts';
import { readConnectionVars } from '../transport/connection-vars.ts';
import { connector } from '../transport/connector.ts';
import type { Prompt } from '../transport/prompt.ts';
import { gatherFacts } from './gather.ts';
import type { Generation } from './generation.ts';
import { listHosts, listTasks } from './list.ts';
import { nodePlan } from './node.ts';
import { precheck } from './precheck.ts';
import { hostRuns, hostsOf, runPlaybook } from './run.ts';
import { reachable } from './variables.ts';
import type { HostRun, World } from './world.ts';

/** How hosts are reached, and as whom. */
export interface ConnectionRequest {
  readonly user: string | undefined;
  readonly privateKeys: readonly string[];
  readonly password: Secret | undefined;
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly becomePassword: Secret | undefined;
  /** Absent: the host's variables and ssh's configuration decide, strict if they are silent. */
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off' | undefined;
  readonly connectTimeoutSeconds: number | undefined;
  readonly forks: number;
}

/** For what contacts nobody. */
export const unconnected: ConnectionRequest = {
  user: undefined,
  privateKeys: [],
  password: undefined,
  become: false,
  becomeUser: undefined,
  becomePassword: undefined,
  hostKeyChecking: undefined,
  connectTimeoutSeconds: 1,
  forks: 1,
};

export interface InventoryRequest {
  readonly command: string;
  readonly inventory: readonly string[];
  readonly connection: ConnectionRequest;
}

/** A playbook against an inventory, as asked for on a command line. */
export interface LaunchRequest extends InventoryRequest {
  readonly playbook: string;
  readonly limit: string | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** `key=value`, JSON objects and `@file`, later ones above earlier ones. */
  readonly extraVars: readonly string[];
  readonly check: boolean;
  /** Which hosts of the plays' patterns are meant; default: all. */
  readonly only?: (host: Host) => boolean;
  /** Keeps what the run replaces. */
  readonly generation?: Generation;
  /** What to say when that leaves no host. */
  readonly nobody?: { readonly message: string; readonly hint: string };
}

/** What a run has of the process it runs in. */
export interface Surroundings {
  /** Where the package's playbooks and templates are. */
  readonly root: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  /** Asks a person for a password or passphrase; absent where there is nobody to ask. */
  readonly prompt?: Prompt;
}

export type Telling = Surroundings & { readonly emit: Emit };

/** A run about to begin. */
interface Opened {
  readonly world: World;
  readonly playbook: Playbook;
  readonly hosts: readonly HostRun[];
}

/** Reads inventory and playbook, and proves them as far as that goes without a host. Throws ConfigError. */
export async function open(request: LaunchRequest, io: Telling): Promise<Opened> {
  const playbook = await loadPlaybook(resolve(io.cwd, request.playbook), [...modules.values()], io.cwd);
  for (const secret of playbook.secrets) io.redactor.add(secret);
  precheck(playbook, modules);
  const world = await openWorld(request, io, dirname(resolve(io.cwd, request.playbook)), request);
  const hosts = [...new Set(playbook.plays.flatMap((play) => hostsOf(world, play.hosts)))];
  if (hosts.length === 0 && request.nobody) throw new ConfigError(request.nobody.message, { hint: request.nobody.hint });
  return { world, playbook, hosts };
}

/** What a use case adds to the run of its playbook. */
export interface Around {
  /** Before any host is contacted; throws ConfigError. */
  before?(world: World, hosts: readonly HostRun[]): void;
  /** After the last play, the connections still open. */
  after?(world: World, hosts: readonly HostRun[], playbook: Playbook): Promise<void>;
}

/** Runs a playbook to its end; connections are closed whatever happens. */
export async function launch(request: LaunchRequest, io: Telling, { before, after }: Around = {}): Promise<void> {
  const { world, playbook, hosts } = await open(request, io);
  for (const run of hosts) readConnectionVars(reachable(world, run));
  before?.(world, hosts);
  world.emit({ type: 'start', command: request.command, check: request.check, hosts: hosts.map((h) => h.host.name) });
  await whole(world, async () => {
    await runPlaybook(world, playbook);
    await after?.(world, hosts, playbook);
  });
}

/** What `--list-hosts` or `--list-tasks` prints; no host is contacted. */
export async function listing(request: LaunchRequest, what: 'hosts' | 'tasks', io: Surroundings): Promise<string[]> {
  const { world, playbook } = await open(request, { ...io, emit: () => undefined });
  return what === 'hosts' ? listHosts(playbook, world.inventory, request.limit) : listTasks(playbook, request.tags, request.skipTags);
}

/** The facts of every host of a pattern, by name; hosts that do not answer are told as events. */
export const readFacts = (request: InventoryRequest & { readonly pattern: string }, io: Telling): Promise<ReadonlyMap<string, Facts>> =>
  atHosts({ ...request, check: true }, io, async (world) => {
    const hosts = selectHosts(world.inventory, request.pattern).flatMap((h) => world.hosts.get(h.name) ?? []);
    world.emit({ type: 'start', command: request.command, check: true, hosts: hosts.map((h) => h.host.name) });
    await gatherFacts(world, hosts, {}, 0);
    return new Map(hosts.flatMap((h) => (h.facts ? [[h.host.name, h.facts] as const] : [])));
  });

/** Does work at the hosts of an inventory, without a playbook; connections are closed whatever happens. */
export async function atHosts<T>(
  request: InventoryRequest & { readonly check: boolean },
  io: Telling,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const { check } = request;
  const world = await openWorld(request, io, undefined, { limit: undefined, tags: [], skipTags: [], extraVars: [], check });
  return whole(world, () => work(world));
}

/** Does the work, then tells the end and closes every connection. */
async function whole<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all([...world.hosts.values()].map((h) => h.session.close()));
    world.emit({ type: 'end', interrupted: world.signal.aborted });
  }
}

type Choice = Pick<LaunchRequest, 'limit' | 'tags' | 'skipTags' | 'extraVars' | 'check' | 'only' | 'generation'>;

async function openWorld(request: InventoryRequest, io: Telling, playbookDir: string | undefined, choice: Choice): Promise<World> {
  const { connection } = request;
  const inventory = await loadInventory(request.inventory, { cwd: io.cwd, ...(playbookDir !== undefined && { playbookDir }) });
  const extra = await readExtraVars(choice.extraVars, io.cwd);
  for (const secret of [...inventory.secrets, ...extra.secrets]) io.redactor.add(secret);
  for (const message of inventory.warnings) io.emit({ type: 'warning', message });
  const files = createSourceFiles({ playbookDir, templates: join(io.root, 'templates'), cwd: io.cwd });
  const connect = connector({ ...connection, env: io.env, cwd: io.cwd, emit: io.emit, ...(io.prompt && { prompt: io.prompt }) });
  const hosts: World['hosts'] = hostRuns(
    everyHost(inventory),
    (host) => {
      const run = hosts.get(host.name);
      return connect(run ? reachable(world, run) : host);
    },
    Date.now,
  );
  const world: World = {
    inventory,
    modules,
    derived: new Map([['node', nodePlan]]),
    templates: files.templates,
    files,
    options: {
      check: choice.check,
      forks: connection.forks,
      tags: choice.tags,
      skipTags: choice.skipTags,
      extraVars: extra.vars,
      become: connection.become,
      becomeUser: connection.becomeUser,
      only: choice.only ?? (() => true),
      ...(choice.generation && { generation: choice.generation }),
      limit: choice.limit === undefined ? undefined : await readLimit(inventory, choice.limit, io.cwd),
    },
    emit: io.emit,
    keepSecret: (text) => io.redactor.add(text),
    signal: io.signal,
    now: () => performance.now(),
    sleep: (ms) => sleep(ms, io.signal),
    hosts,
  };
  return world;
}

/** All hosts of the inventory, and this machine under its implicit names, which plays and `delegate_to` may use. */
const everyHost = (inventory: Inventory) =>
  new Map([...inventory.hosts, ...localNames.flatMap((name) => inventory.host(name) ?? [])].map((host) => [host.name, host])).values();

/** Waits, but not beyond a Ctrl-C. */
const sleep = (ms: number, signal: AbortSignal) =>
  setTimeout(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

import type { ReadVars } from '../config/extra-vars.ts';
import type { Lookup } from '../config/lookup.ts';
import type { Play, Task } from '../config/play.ts';
import type { Where } from '../config/problem.ts';
import { createScope, type Layer } from '../config/scope.ts';
import { factsAsVars } from '../facts/vars.ts';
import type { Host, Value, Vars } from '../model/host.ts';
import type { HostRun, World } from './world.ts';

/** A play with its `vars_files` read. */
export interface LoadedPlay {
  readonly play: Play;
  readonly files: ReadVars;
  readonly hosts: readonly string[];
  readonly playbookDir: string;
}

/** What `omit` renders to: a parameter of this value counts as not given. */
export const OMIT = '__omit_place_holder__';

const trusted = (vars: Vars, where?: Where): Layer => ({ vars, trusted: true, where });
/** Facts and results come from hosts: text in them is data, never a template. */
const foreign = (vars: Vars): Layer => ({ vars, trusted: false });

/** The variables a task sees on a host, by Ansible's precedence; each is rendered when it is first asked for. */
export function variables(world: World, run: HostRun, loaded?: LoadedPlay, task?: Task, item?: Vars): Lookup {
  return scopeOf(world, run, new Map(), loaded, task, item);
}

/** `others`: the variables of other hosts as this scope and they themselves see them, so that a circle through several hosts meets itself. */
function scopeOf(world: World, run: HostRun, others: Map<HostRun, Value>, loaded?: LoadedPlay, task?: Task, item?: Vars): Lookup {
  const layers = [
    trusted(run.host.vars, (path) => world.inventory.positionOf(run.host.name, path)),
    foreign(factVars(run)),
    trusted(loaded?.play.vars ?? {}, loaded?.play.whereVar),
    trusted(loaded?.files.vars ?? {}, loaded?.files.where),
    trusted(task?.vars ?? {}, task?.whereVar),
    foreign(run.learned),
    trusted(world.options.extraVars),
    foreign(item ?? {}),
  ];
  const scope: Lookup = createScope(world.templates, layers, (name: string) => magic(name, world, run, others, loaded, () => scope));
  return scope;
}

/** The facts as variables, worked out once for all tasks. */
function factVars(run: HostRun): Vars {
  if (!run.facts) return {};
  if (run.factVars?.of !== run.facts) run.factVars = { of: run.facts, vars: factsAsVars(run.facts) };
  return run.factVars.vars;
}

function magic(
  name: string,
  world: World,
  run: HostRun,
  others: Map<HostRun, Value>,
  loaded: LoadedPlay | undefined,
  scope: () => Lookup,
): Value | undefined {
  switch (name) {
    case 'inventory_hostname':
      return run.host.name;
    case 'inventory_hostname_short':
      return run.host.name.split('.')[0] ?? run.host.name;
    case 'group_names':
      return [...run.host.groups].sort();
    case 'groups':
      return Object.fromEntries(world.inventory.hostsByGroup());
    case 'ansible_play_hosts':
    case 'play_hosts':
      return loaded?.hosts;
    case 'ansible_check_mode':
      return world.options.check;
    case 'playbook_dir':
      return loaded?.playbookDir;
    case 'omit':
      return OMIT;
    case 'hostvars':
      return hostvars(world, others, loaded);
    default:
      return world.derived.get(name)?.(world, run, scope());
  }
}

/** Every host's variables, each worked out only when somebody reads it. */
function hostvars(world: World, others: Map<HostRun, Value>, loaded: LoadedPlay | undefined): Value {
  const all = {};
  for (const [name, run] of world.hosts)
    Object.defineProperty(all, name, { enumerable: true, get: () => varsOf(world, run, others, loaded) });
  return all;
}

function varsOf(world: World, run: HostRun, others: Map<HostRun, Value>, loaded: LoadedPlay | undefined): Value {
  const known = others.get(run);
  if (known !== undefined) return known;
  const lookup = scopeOf(world, run, others, loaded);
  const names = new Set([...Object.keys(run.host.vars), ...Object.keys(factVars(run)), ...Object.keys(run.learned)]);
  const vars = {};
  others.set(run, vars);
  for (const name of [...names, 'inventory_hostname', 'group_names'])
    Object.defineProperty(vars, name, { enumerable: true, get: () => lookup(name) });
  return vars;
}

/** The address a host is reached at, as the inventory says. */
export const addressOf = (world: World, run: HostRun): string => String(variables(world, run)('ansible_host') ?? run.host.name);

/** A host whose connection variables (`ansible_…`) are rendered, those of the command line above its own. */
export function reachable(world: World, run: HostRun): Host {
  const lookup = variables(world, run);
  const names = [...Object.keys(run.host.vars), ...Object.keys(world.options.extraVars)].filter((name) => name.startsWith('ansible_'));
  return { ...run.host, vars: Object.fromEntries(names.flatMap((name) => [[name, lookup(name) ?? null]])) };
}

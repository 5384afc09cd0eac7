import { z } from 'zod';
import { type Change, deferred, refused, run } from '../model/change.ts';
import { lines, sh } from '../shell/sh.ts';
import { changedSince, LOADED_PROPERTIES, type Loaded, loadedQuery, parseLoaded } from './loaded.ts';
import { type Context, defineModule } from './module.ts';
import { parseUnits, type Unit, unitQuery } from './unit.ts';
import { bootStep, daemonReload, stateStep } from './unit-steps.ts';

const params = z.strictObject({
  name: z
    .string()
    .regex(/^[\w@:.\\][\w@:.\\-]*$/, { error: ({ input }) => `expected the name of a service, got ${JSON.stringify(input)}` })
    .describe('Service or systemd unit; chrony and chronyd, ssh and sshd, cron and crond mean the same on every system'),
  state: z
    .enum(['started', 'stopped', 'restarted', 'reloaded'])
    .optional()
    .describe('started and stopped act when needed; restarted and reloaded always act, and start what is stopped'),
  enabled: z.boolean().optional().describe('Whether it starts at boot'),
  masked: z.boolean().optional().describe('Whether systemd is forbidden to start it at all'),
  reloaded_after: z
    .array(z.string())
    .default([])
    .describe('Files it reads: it is reloaded (restarted, if it cannot reload) when one has changed since it last read them'),
  restarted_after: z.array(z.string()).default([]).describe('Files it reads only when it starts, such as its unit file'),
  enabled_after: z
    .array(z.string())
    .default([])
    .describe('Files that say when its init script runs at boot and shutdown: it is enabled anew when one has changed since'),
  daemon_reload: z
    .boolean()
    .default(false)
    .describe("Let systemd read the unit's files again when they have changed; done anyway before it is started"),
});
type Params = z.infer<typeof params>;
type State = Unit & { readonly loaded: Loaded };

/** A service that runs or rests, and does or does not start at boot. */
export const serviceModule = defineModule<Params, State>({
  name: 'service',
  params,

  check({ name, ...wish }, { os, facts }) {
    const id = os.serviceName(name.replace(/\.service$/, ''));
    const files = [...wish.reloaded_after, ...wish.restarted_after, ...wish.enabled_after];
    return {
      command: lines(unitQuery([id], facts.init, LOADED_PROPERTIES), loadedQuery(id, files, facts.init, os.places)),
      parse: (result) => ({ ...(parseUnits([id], result)[0] as Unit), loaded: parseLoaded(result) }),
    };
  },

  reads: ({ reloaded_after, restarted_after, enabled_after }) => [...reloaded_after, ...restarted_after, ...enabled_after],

  plan(wish, unit, context) {
    const { name, masked } = wish;
    if (!unit.exists) return deferred(`there is no service ${name}`);
    if (masked !== undefined && context.facts.init !== 'systemd')
      return refused(`${name} cannot be masked`, 'only systemd can mask a unit');
    const willBeMasked = masked ?? unit.masked;
    if (willBeMasked && (wish.enabled || (wish.state !== undefined && wish.state !== 'stopped')))
      return refused(`${name} is masked and can be neither started nor enabled`, 'set masked: false');
    if (wish.state === 'reloaded' && unit.running && !unit.canReload) return refused(`${name} cannot reload`, 'use state: restarted');
    const acts = [...unmask(wish, unit), ...boot(wish, unit, context), ...state(wish, unit, context), ...mask(wish, unit)];
    return [...reread(wish, unit, acts.length > 0, context), ...acts];
  },
});

/**
 * systemd would act on the file it read before, and says so only in passing; of a unit at rest it says nothing,
 * and it overlooks a drop-in folder that is younger than its last reload.
 */
function reread({ name, daemon_reload, restarted_after }: Params, unit: Unit, acts: boolean, { facts }: Context): Change[] {
  const overlooked = facts.init === 'systemd' && !unit.running && restarted_after.length > 0;
  if (!(unit.stale || overlooked) || !(acts || daemon_reload)) return [];
  return [{ what: `unit file of ${name}`, before: 'changed', after: 'read again', apply: [daemonReload] }];
}

function boot({ name, enabled, enabled_after }: Params, unit: State, context: Context): Change[] {
  const wanted = enabled ? 'enabled' : 'disabled';
  const [unsorted] = enabled && unit.boot === wanted ? changedSince(enabled_after, unit.loaded.sortedAt, unit.loaded) : [];
  if (unsorted !== undefined)
    return [
      { what: `${name} at boot`, before: `is older than ${unsorted}`, after: 'sorted anew', apply: [bootStep(unit, 'enable', context)] },
    ];
  if (enabled === undefined || unit.boot === wanted || unit.boot === 'fixed') return [];
  return [{ what: `${name} at boot`, before: unit.boot, after: wanted, apply: [bootStep(unit, enabled ? 'enable' : 'disable', context)] }];
}

function state(wish: Params, unit: State, context: Context): Change[] {
  const { name, state } = wish;
  const before = unit.running ? 'started' : 'stopped';
  const change = (after: string, verb: Parameters<typeof stateStep>[1]) => [
    { what: name, before, after, apply: [stateStep(unit, verb, context)] },
  ];
  if (unit.running && (state === undefined || state === 'started')) return outdated(wish, unit, context);
  if (state === undefined || state === before) return [];
  if (state === 'stopped') return change('stopped', 'stop');
  if (state === 'started' || !unit.running) return change('started', 'start');
  return state === 'restarted' ? change('restarted', 'restart') : change('reloaded', 'reload');
}

/** A running service that has not read the latest of its files. */
function outdated({ name, restarted_after, reloaded_after }: Params, unit: State, context: Context): Change[] {
  const change = (file: string, after: string, verb: Parameters<typeof stateStep>[1]) => [
    { what: name, before: `has not read ${file} since it changed`, after, apply: [stateStep(unit, verb, context)] },
  ];
  const [needsStart] = changedSince(restarted_after, unit.loaded.startedAt, unit.loaded);
  if (needsStart !== undefined) return change(needsStart, 'restarted', 'restart');
  if (unit.stale && restarted_after.length > 0) return change('its unit file', 'restarted', 'restart');
  const [unread] = changedSince(reloaded_after, unit.loaded.loadedAt, unit.loaded);
  if (unread === undefined) return [];
  return unit.canReload ? change(unread, 'reloaded', 'reload') : change(unread, 'restarted', 'restart');
}

const unmask = ({ name, masked }: Params, unit: Unit): Change[] =>
  masked === false && unit.masked
    ? [{ what: name, before: 'masked', after: 'unmasked', apply: [run(sh`systemctl unmask -- ${unit.id}`)] }]
    : [];

const mask = ({ name, masked }: Params, unit: Unit): Change[] =>
  masked === true && !unit.masked
    ? [{ what: name, before: 'unmasked', after: 'masked', apply: [run(sh`systemctl mask -- ${unit.id}`)] }]
    : [];

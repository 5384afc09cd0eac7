import { z } from 'zod';
import { type Change, refused, run } from '../model/change.ts';
import { INSTALL_DEFAULTS } from '../os/packages.ts';
import type { TimeProvider } from '../os/time.ts';
import { type Context, defineModule } from './module.ts';
import { textChange } from './text-change.ts';
import { stepTickers, withServers } from './timesync-config.ts';
import { type TimeState, timeProbe, unitOf } from './timesync-probe.ts';
import type { Unit } from './unit.ts';
import { bootStep, stateStep } from './unit-steps.ts';

const params = z.strictObject({
  servers: z
    .array(
      z
        .string()
        .regex(/^[\w.:-]+$/, { error: ({ input }) => `expected the name or address of a time server, got ${JSON.stringify(input)}` }),
    )
    .default([])
    .describe('Time servers, and no others; empty: those the program comes with'),
  provider: z
    .enum(['auto', 'chrony', 'timesyncd', 'ntpd'])
    .default('auto')
    .describe("Program that keeps the clock; auto: the one that runs, or is there, else the system's usual one. All others are stopped"),
  state: z.enum(['started', 'stopped']).default('started').describe('stopped: no program keeps the clock, now or after a reboot'),
});
type Params = z.infer<typeof params>;

/** A clock that is kept right: program installed, servers set, running now and after a reboot, and no second program at it. */
export const timesyncModule = defineModule<Params, TimeState>({
  name: 'timesync',
  params,
  check: (_, context) => timeProbe(context),

  plan(wish, state, context) {
    if (wish.state === 'stopped') return context.os.time.flatMap((p) => stopped(p, state, context));
    const provider = choose(wish, state, context);
    if (!provider)
      return refused(
        `${wish.provider} does not exist on this system`,
        `it has ${available(context)
          .map((p) => p.id)
          .join(' and ')}`,
      );
    const rivals = context.os.time.filter((p) => p !== provider);
    return [...rivals.flatMap((p) => stopped(p, state, context)), ...kept(provider, wish, state, context)];
  },
});

function choose({ provider }: Params, state: TimeState, context: Context): TimeProvider | undefined {
  const table = available(context);
  if (provider !== 'auto') return table.find((p) => p.id === provider);
  const known = (test: (unit: Unit) => boolean) => table.find((p) => unitOf(state, p.service).exists && test(unitOf(state, p.service)));
  return known((u) => u.running) ?? known((u) => u.boot === 'enabled') ?? known(() => true) ?? table[0];
}

const available = ({ os, facts }: Context): TimeProvider[] => os.time.filter((p) => facts.init === 'systemd' || !p.systemd);

/** A clock nobody may set (a container's) is its machine's, so there the program is set up, but not expected to run. */
function kept(provider: TimeProvider, { servers }: Params, state: TimeState, context: Context): Change[] {
  const unit = unitOf(state, provider.service);
  const config = servers.length === 0 ? [] : configured(provider, servers, state, unit.exists);
  const mayRun = state.canSetClock && !(provider.id === 'timesyncd' && state.container);
  const before = unit.running ? 'started' : 'stopped';
  const verb = unit.running ? 'restart' : 'start';
  const acts = mayRun && (!unit.running || config.length > 0);
  return [
    ...(unit.exists || provider.packages.length === 0 ? [] : [installed(provider, context)]),
    ...config,
    ...(unit.boot === 'disabled' ? [atBoot(provider.service, unit, 'enable', context)] : []),
    ...(acts
      ? [{ what: provider.service, before, after: unit.running ? 'restarted' : 'started', apply: [stateStep(unit, verb, context)] }]
      : []),
    ...(provider.atBoot ? onceAtBoot(provider.atBoot.service, state, context) : []),
  ];
}

function configured(provider: TimeProvider, servers: readonly string[], { files }: TimeState, exists: boolean): Change[] {
  // What a package that is still to come would put there is unknown, so the file is written whole.
  const wanted = [
    { path: provider.config, text: withServers(provider, exists ? files.get(provider.config) : undefined, servers) },
    ...(provider.atBoot ? [{ path: provider.atBoot.servers, text: stepTickers(servers) }] : []),
  ];
  return wanted.filter(({ path, text }) => files.get(path) !== text).map(({ path, text }) => textChange(path, files.get(path), text));
}

function stopped({ service }: TimeProvider, state: TimeState, context: Context): Change[] {
  const unit = unitOf(state, service);
  if (!unit.exists) return [];
  return [
    ...(unit.boot === 'enabled' ? [atBoot(service, unit, 'disable', context)] : []),
    ...(unit.running ? [{ what: service, before: 'started', after: 'stopped', apply: [stateStep(unit, 'stop', context)] }] : []),
  ];
}

const onceAtBoot = (service: string, state: TimeState, context: Context): Change[] => {
  const unit = unitOf(state, service);
  return unit.boot === 'disabled' ? [atBoot(service, unit, 'enable', context)] : [];
};

const installed = ({ packages, service }: TimeProvider, { os }: Context): Change => ({
  what: service,
  before: 'absent',
  after: 'installed',
  // Debian lets only one of them be installed at a time.
  apply: [
    run(
      os.packages.install(
        packages.map((name) => ({ name })),
        { ...INSTALL_DEFAULTS, replace: true },
      ),
    ),
  ],
});

const atBoot = (service: string, unit: Unit, verb: 'enable' | 'disable', context: Context): Change => ({
  what: `${service} at boot`,
  before: unit.boot,
  after: `${verb}d`,
  apply: [bootStep(unit, verb, context)],
});

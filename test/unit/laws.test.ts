import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeInput } from '../../src/engine/write.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { type Change, isDeferred, isRefused, type Plan } from '../../src/model/change.ts';
import { modules } from '../../src/modules/index.ts';
import type { Context } from '../../src/modules/module.ts';
import { matchFamily } from '../../src/os/match.ts';
import type { Command } from '../../src/shell/sh.ts';
import { SECRET, samples } from './modules/samples.ts';

const FACTS = { init: 'systemd', routes: {}, interfaces: [], selinux: 'disabled', user: 'root', firewall: 'none', programs: {} };
const SYSTEMS = [
  { distribution: 'debian', version: '12', like: [] },
  { distribution: 'rocky', version: '9.4', like: ['rhel', 'centos', 'fedora'] },
];

const every = [...modules.values()];
const hostModules = every.flatMap((m) => (m.kind === 'host' ? [m] : []));
const cases = hostModules.flatMap((module) =>
  (samples[module.name] ?? []).flatMap((sample, i) =>
    SYSTEMS.filter(({ distribution }) => (sample.on ?? distribution) === distribution).map((system) => ({
      name: `${module.name} ${i + 1} on ${system.distribution}`,
      module,
      sample,
      system,
    })),
  ),
);
type Case = (typeof cases)[number];

const contextOf = ({ sample, system }: Pick<Case, 'sample' | 'system'>): Context => ({
  os: matchFamily(system),
  facts: { ...FACTS, ...system, ...sample.facts } as unknown as Facts,
  ...(sample.content !== undefined && { content: Buffer.from(sample.content) }),
});

/** What the module plans for an answer of the host; everything it is given is frozen. */
function planFrom(answer: string | number, { module, sample, system }: Case): Plan {
  const [params, context] = [module.params.parse(sample.params), contextOf({ sample, system })];
  const result = { exitCode: typeof answer === 'number' ? answer : 0, stdout: typeof answer === 'string' ? answer : '', stderr: '' };
  const state = module.check(deepFreeze(params), context).parse(deepFreeze(result));
  return module.plan(params, deepFreeze(state), { ...context, facts: deepFreeze(context.facts) });
}

const probeOf = ({ module, sample, system }: Case): Command =>
  module.check(module.params.parse(sample.params), contextOf({ sample, system })).command;

/** Every command a sample leads to: the question, and the steps on a host that needs the change. */
function commandsOf(one: Case): Command[] {
  const { drifted } = one.sample;
  const changes = drifted === undefined ? [] : changesOf(planFrom(drifted, one));
  return [probeOf(one), ...changes.flatMap((c) => c.apply.map((s) => (s.kind === 'run' ? s.command : writeInput(s.file).command)))];
}

function changesOf(plan: Plan): readonly Change[] {
  if (isDeferred(plan) || isRefused(plan)) throw new Error(JSON.stringify(plan));
  return plan;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** The shape of a schema behind what is wrapped round it. */
function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  if (schema instanceof z.ZodPipe) return shapeOf(schema.def.in);
  return schema instanceof z.ZodObject ? schema.shape : {};
}

function parses(shell: string, { text }: Command): string {
  return spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' }).stderr;
}

describe('every module', () => {
  it('has a sample', () => expect([...modules.keys()].filter((name) => !samples[name])).toEqual([]));

  it.each(every)('$name: rejects a key it does not know, and says which', ({ name, params }) => {
    if (name === 'set_fact') return;
    const result = params.safeParse({ ...samples[name]?.[0]?.params, surely_unknown: 1 });
    expect(result.error?.issues).toContainEqual(expect.objectContaining({ code: 'unrecognized_keys', keys: ['surely_unknown'] }));
  });

  it.each(every)('$name: knows what its other names mean', ({ params, aliases = {}, freeForm }) => {
    const known = Object.keys(shapeOf(params));
    for (const name of [...Object.values(aliases), ...(freeForm === undefined ? [] : [freeForm])]) expect(known).toContain(name);
    for (const alias of Object.keys(aliases)) expect(known).not.toContain(alias);
  });

  it.each(every)('$name: describes its parameters', ({ params }) => {
    const silent = Object.entries(shapeOf(params)).filter(([, field]) => z.globalRegistry.get(field)?.description === undefined);
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});

describe('on every kind of host', () => {
  it.each(cases)('$name: speaks POSIX sh', (one) => {
    for (const command of commandsOf(one)) for (const shell of ['/bin/dash', '/bin/bash']) expect(parses(shell, command)).toBe('');
  });

  it.each(cases)('$name: puts no secret into the words of a command', (one) => {
    for (const { text, shown } of commandsOf(one)) expect(text + shown).not.toContain(SECRET);
  });

  it.each(cases)('$name: asks the same question twice', (one) => expect(probeOf(one)).toEqual(probeOf(one)));

  it.each(cases.filter(({ sample }) => sample.settled !== undefined))('$name: plans nothing where all is as wished', (one) => {
    expect(planFrom(one.sample.settled ?? '', one)).toEqual([]);
  });

  it.each(cases.filter(({ sample }) => sample.drifted !== undefined))('$name: plans the same twice where it is not', (one) => {
    const plan = changesOf(planFrom(one.sample.drifted ?? '', one));
    expect(plan.length).toBeGreaterThan(0);
    expect(planFrom(one.sample.drifted ?? '', one)).toEqual(plan);
  });
});

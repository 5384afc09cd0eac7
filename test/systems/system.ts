import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { LabHost } from '../../src/lab/spec.ts';
import { labSsh } from '../../src/lab/ssh.ts';
import { ask, type Target } from '../../src/verify/ask.ts';
import { type Reported, reported } from '../e2e/support/cluster.ts';
import { describeOnLab, type Lab, run } from '../e2e/support/lab.ts';

const ROOT = join(import.meta.dirname, '../..');

/** An example inventory, brought up as a lab of its own. */
export interface System extends Lab {
  /** Runs vipctl against the inventory for its JSON document. */
  vipctl(command: readonly string[]): Promise<Reported>;
  /** What a script prints on a host. */
  on(host: string, script: string): Promise<string>;
  /** The balancers that hold an address. */
  owners(vip: string): Promise<string[]>;
  /** Waits until this balancer alone holds an address. */
  becomesOwner(vip: string, host: string): Promise<void>;
  /** Does something, and asks for a page of the VIP until this balancer answers; notes how long nobody did. */
  moves(vip: Target, to: string, by: string, act: () => Promise<unknown>): Promise<void>;
}

/**
 * Brings up what `inventories/NAME` describes, its application first where playbooks make one, and proves that a second run finds
 * nothing to do; then come the tests of the system itself. What was measured is told at the end.
 */
export function describeSystem(
  name: string,
  { application = [], minutes = 5 }: { application?: string | readonly string[]; minutes?: number },
  tests: (system: System) => void,
): void {
  const folder = join(ROOT, 'inventories', name);
  describeOnLab(`inventories/${name}`, { name: `e2e-${name}`, inventory: join(folder, 'hosts.yml') }, (lab) => {
    const figures: string[] = [`${lab.spec.hosts.length} hosts`];
    const system = createSystem(lab, figures);
    afterAll(() => void process.stderr.write(`inventories/${name}: ${figures.join(', ')}\n`));

    test(
      'comes up from nothing, and has nothing to change the second time',
      async () => {
        for (const playbook of [application].flat())
          expect(await system.vipctl(['run', join(ROOT, 'playbooks/examples', playbook)])).toMatchObject({ code: 0 });
        const first = await system.vipctl(['bootstrap', '--yes']);
        expect(first.report.checks.filter((c) => !c.passed)).toEqual([]);
        expect(first.code).toBe(0);
        const second = await system.vipctl(['bootstrap', '--yes']);
        const changes = Object.values(second.report.hosts).reduce((sum, host) => sum + host.changed, 0);
        expect([second.code, changes]).toEqual([0, 0]);
        const generated = await Promise.all(Object.keys(first.report.hosts).map((host) => system.on(host, LINES)));
        figures.push(
          `${first.report.tasks.length} tasks`,
          `first run ${first.report.seconds.toFixed(1)} s`,
          `second run ${changes} changes in ${second.report.seconds.toFixed(1)} s`,
          `${linesBelow(folder)} lines written, ${generated.reduce((sum, lines) => sum + Number(lines), 0)} generated`,
        );
      },
      minutes * 60_000,
    );
    tests(system);
  });
}

function createSystem(lab: Lab, figures: string[]): System {
  const on = async (host: string, script: string) => (await lab.onHost(host, 'sh', '-c', script)).stdout.trim();
  const owners = async (vip: string) => {
    // A host that is switched off holds nothing, and takes ssh long to find out.
    const look = (host: LabHost) => run(labSsh(lab.spec.name, host, ['ip -o -4 address']).toSpliced(1, 0, '-o', 'ConnectTimeout=2'));
    const seen = await Promise.all(lab.spec.hosts.map(async (host) => [host.name, (await look(host)).stdout] as const));
    return seen.filter(([, addresses]) => addresses.includes(` ${vip}/`)).map(([name]) => name);
  };
  return {
    ...lab,
    on,
    owners,
    vipctl: (command) => reported([...command, ...lab.inventory]),
    becomesOwner: (vip, host) => expect.poll(() => owners(vip), { timeout: 30_000, interval: 200 }).toEqual([host]),
    async moves(vip, to, by, act) {
      figures.push(`VIP moved in ${((await outage(vip, to, act)) / 1000).toFixed(2)} s (${by})`);
    },
  };
}

/** Milliseconds from the last answer of another balancer to the first of this one; a request gets half a second. */
async function outage(vip: Target, to: string, act: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let acted = false;
  const acting = act().then(() => {
    acted = true;
  });
  for (const until = last + 60_000; performance.now() < until; await setTimeout(50)) {
    const { node } = await ask(vip, 500);
    if (acted && node === to) break;
    if (node !== undefined) last = performance.now();
  }
  const gap = performance.now() - last;
  await acting;
  expect((await ask(vip, 500)).node).toBe(to);
  return gap;
}

/** How many lines the files have that vipctl wrote. */
const LINES = 'grep -rlF "Managed by vipctl" /etc /usr/libexec/keepalived | xargs cat | wc -l';

/** How many lines a user writes: comments, empty lines and the text of certificates do not count. */
const linesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml') && !name.endsWith('certificate.yml'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => !/^\s*(#|$)/.test(line)).length;

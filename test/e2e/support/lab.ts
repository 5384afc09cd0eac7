import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { loadInventory } from '../../../src/config/inventory/load.ts';
import { labDown, labPower, labUp } from '../../../src/lab/lab.ts';
import { labPlaces } from '../../../src/lab/names.ts';
import { isRoot, labPossible, labPrerequisites } from '../../../src/lab/prerequisites.ts';
import { type LabSpec, labSpec } from '../../../src/lab/spec.ts';
import { labSsh } from '../../../src/lab/ssh.ts';
import { quote } from '../../../src/shell/sh.ts';

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A lab that stands while the tests of one `describeOnLab` run. */
export interface Lab {
  readonly spec: LabSpec;
  /** vipctl's (and Ansible's) options for these hosts. */
  readonly inventory: readonly string[];
  /** Runs a program on a host through OpenSSH, which knows nothing of vipctl. Its exit code 255 means that SSH failed. */
  onHost(host: string, ...argv: readonly string[]): Promise<Output>;
  /** `off` in good order, `cut` as by pulling the plug, `on` again. */
  power(host: string, power: 'on' | 'off' | 'cut'): Promise<void>;
}

/**
 * Runs tests against a lab of their own, made from an inventory file and taken down afterwards. Where no lab is possible the tests
 * are skipped aloud, with the reason; with CI=true that is a failure.
 */
export function describeOnLab(title: string, { name, inventory }: { name: string; inventory: string }, tests: (lab: Lab) => void): void {
  if (impossible !== undefined) {
    const missing = () => {
      throw new Error(impossible);
    };
    if (process.env.CI !== 'true') process.stderr.write(`skipped: ${title}, because ${impossible}\n`);
    describe(title, () => void test(`needs a lab: ${impossible}`, { skip: process.env.CI !== 'true' }, missing));
    return;
  }
  describe(title, async () => {
    const spec = labSpec(name, (await loadInventory([inventory], { cwd: process.cwd() })).hosts);
    beforeAll(async () => {
      await labPrerequisites(quietly);
      await labDown(spec, quietly);
      await labUp(spec, quietly);
    });
    afterAll(() => labDown(spec, quietly));
    tests({
      spec,
      inventory: ['-i', inventory, '-i', labPlaces(name).inventory],
      onHost: (host, ...argv) => run(labSsh(name, hostOf(spec, host), [argv.map(quote).join(' ')])),
      power: (host, power) => labPower(spec, host, power, quietly),
    });
  });
}

/** Runs a program of this machine, its input given, whatever its exit code. */
export function run([file = '', ...args]: readonly string[], input = ''): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    // ssh does not read what a host that refused would not have read.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

export const quietly = { onProgress: () => undefined, environment: process.env };

export function hostOf(spec: LabSpec, name: string) {
  const host = spec.hosts.find((h) => h.name === name);
  if (!host) throw new Error(`the lab has no host ${name}`);
  return host;
}

const impossible = (await labPossible()) ?? (isRoot() ? undefined : 'the tests must run as root');

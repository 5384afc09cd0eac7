import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lintSchema } from '../../../src/report/lint.ts';
import { vipctl } from './vipctl.ts';

const LINT = fileURLToPath(new URL('../../fixtures/lint', import.meta.url));
const lint = (name: string, ...args: string[]) => vipctl(['lint', '-i', name, ...args], { cwd: LINT });
const writeUps = readdirSync(LINT).filter((name) => name.endsWith('.yml'));

describe('vipctl lint', () => {
  it.each(writeUps)('says of %s what is wrong, where, and why', async (name) => {
    const { code, stdout, stderr } = await lint(name);
    expect(code).toBe(2);
    await expect(stdout + stderr).toMatchFileSnapshot(`${LINT}/${name.replace('.yml', '.txt')}`);
  });
  it('calls the errors of the write-ups by their names', async () => {
    const told = await Promise.all(
      writeUps.map(async (name) => [name, [...(await lint(name)).stdout.matchAll(/^\S.*\[([a-z-]+)\]$/gm)]] as const),
    );
    const codes = Object.fromEntries(told.map(([name, found]) => [name, new Set(found.map(([, code]) => code))]));
    const expected = {
      's1-classic-pair.yml': ['auth-example', 'bind-server', 'outdated', 'restart-check', 'script-slow'],
      's2-nginx.yml': ['auth-example', 'master-nopreempt', 'restart-check', 'script-slow', 'vip-subnet', 'weight-nopreempt'],
      's3-docker.yml': ['check-user', 'outdated', 'weight-too-small'],
      's4-sticky.yml': ['outdated', 'process-check'],
      's5-estate.yml': ['prio-tie', 'shared-check', 'strict', 'sync-order', 'two-masters', 'vip-reserved', 'vrid-collision'],
      's5-script.yml': [],
    };
    expect(codes).toEqual(Object.fromEntries(Object.entries(expected).map(([name, list]) => [name, new Set(list)])));
  });
  it('prints one JSON document, errors first, each with its place', async () => {
    const { code, stdout } = await lint('s3-docker.yml', '--format', 'json');
    const { result, findings } = lintSchema.parse(JSON.parse(stdout));
    expect([code, result, findings.length]).toEqual([2, 'failed', 4]);
    expect(findings.find((f) => f.code === 'weight-too-small')).toMatchObject({
      cluster: 'VI_1',
      severity: 'error',
      position: { file: 's3-docker.yml', line: 13, column: 112 },
    });
  });
  it('lets warnings pass, unless it is to be strict', async () => {
    const example = fileURLToPath(new URL('../../../inventories/classic-pair/hosts.yml', import.meta.url));
    expect(await lint(example)).toMatchObject({ code: 0, stdout: expect.stringContaining('errors: 0, warnings: 1') });
    expect(await lint(example, '--strict')).toMatchObject({ code: 2 });
  });
  it('finds nothing in the other examples', async () => {
    for (const name of ['lab.yml', 'recommended/hosts.yml', 'nginx-pair/hosts.yml', 'sticky/hosts.yml', 'estate/hosts.yml'])
      expect(await lint(fileURLToPath(new URL(`../../../inventories/${name}`, import.meta.url)), '--strict')).toEqual({
        code: 0,
        stdout: 'errors: 0, warnings: 0\n',
        stderr: '',
      });
  });
});

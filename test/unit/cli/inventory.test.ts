import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { start, vipctl } from './vipctl.ts';

const cwd = mkdtempSync(join(tmpdir(), 'vipctl-cli-'));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, 'hosts.ini'), '[lbs]\nlb[1:2]\n[lbs:vars]\nvrid=51\n');

describe('vipctl inventory', () => {
  it('prints a tree', async () => {
    expect(await vipctl(['inventory', '-i', 'hosts.ini', '--graph'], { cwd })).toEqual({
      code: 0,
      stdout: '@all:\n  |--@ungrouped:\n  |--@lbs:\n  |  |--lb1\n  |  |--lb2\n',
      stderr: '',
    });
  });
  it('prints the variables of a host', async () => {
    const { code, stdout } = await vipctl(['inventory', '-i', 'hosts.ini', '--host', 'lb2'], { cwd });
    expect([code, JSON.parse(stdout)]).toEqual([0, { vrid: 51 }]);
  });
  it('names the file that is not there', async () => {
    const { code, stderr } = await vipctl(['inventory', '-i', 'nowhere.ini', '--list'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*nowhere\.ini/);
  });
  it('does not mind a reader that leaves', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `host${i}`).join('\n');
    writeFileSync(join(cwd, 'many.ini'), many);
    const child = start(['inventory', '-i', 'many.ini', '--list'], { cwd });
    child.stdout.once('data', () => child.stdout.destroy());
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk) => errors.push(chunk));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(Buffer.concat(errors).toString()).toBe('');
  });
});

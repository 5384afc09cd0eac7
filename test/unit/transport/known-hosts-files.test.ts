import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { matches } from '../../../src/transport/known-hosts.ts';
import { KnownHostsFiles } from '../../../src/transport/known-hosts-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'known-hosts-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = { keyType: 'ssh-ed25519', key: 'AAAA' };

describe('KnownHostsFiles', () => {
  it('takes a missing file for an empty one', async () => {
    expect(await new KnownHostsFiles().read([join(folder, 'missing')])).toEqual([]);
  });
  it('lets nobody pass when a file cannot be read', async () => {
    mkdirSync(join(folder, 'unreadable'));
    const reading = new KnownHostsFiles().read([join(folder, 'missing'), join(folder, 'unreadable')]);
    await expect(reading).rejects.toMatchObject({
      name: 'UnreachableError',
      message: `cannot read ${folder}/unreadable, so no host key can be verified: EISDIR`,
    });
  });
  it('records keys in a new private file, each once, and knows them from then on', async () => {
    const files = new KnownHostsFiles();
    const path = join(folder, 'new', 'known_hosts');
    await Promise.all([files.learn(path, 'lb1', key, false), files.learn(path, 'lb1', key, false), files.learn(path, 'lb2', key, false)]);
    expect(readFileSync(path, 'utf8')).toBe('lb1 ssh-ed25519 AAAA\nlb2 ssh-ed25519 AAAA\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
    expect((await files.read([path])).map((entry) => entry.names)).toEqual(['lb1', 'lb2']);
  });
  it('begins a line of its own after a file that ends without one', async () => {
    const path = join(folder, 'open-ended');
    writeFileSync(path, 'lb0 ssh-rsa BBBB');
    await new KnownHostsFiles().learn(path, 'lb1', key, false);
    expect(readFileSync(path, 'utf8')).toBe('lb0 ssh-rsa BBBB\nlb1 ssh-ed25519 AAAA\n');
  });
  it('hashes names where the user wants that', async () => {
    const path = join(folder, 'hashed');
    await new KnownHostsFiles().learn(path, '[lb1]:2222', key, true);
    const [names = ''] = readFileSync(path, 'utf8').split(' ');
    expect(names).toMatch(/^\|1\|/);
    expect(matches(names, '[lb1]:2222')).toBe(true);
  });
  it('says when it cannot record', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(new KnownHostsFiles().learn(join(folder, 'file', 'known_hosts'), 'lb1', key, false)).rejects.toMatchObject({
      message: `cannot read ${folder}/file/known_hosts, so no host key can be verified: ENOTDIR`,
    });
  });
});

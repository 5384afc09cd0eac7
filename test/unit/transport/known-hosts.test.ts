import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { judge, knownHostLine, matches, parseKnownHosts, recordedTypes, toHostKey } from '../../../src/transport/known-hosts.ts';

const ED = 'AAAAC3NzaC1lZDI1NTE5AAAAIIZ2DbdZDRI0x3lBeOvGv3KOUz2GfJ1xGRZ1bfoFUvUU';
const OTHER = 'AAAAC3NzaC1lZDI1NTE5AAAAIFz0eKZKrV9y8DfdCUPnZlWcRtPpUwwvTiEfpb4tMZzL';
const shown = { keyType: 'ssh-ed25519', key: ED };
const folder = mkdtempSync(join(tmpdir(), 'known-hosts-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('matches', () => {
  it.each([
    ['lb1', 'lb1', true],
    ['lb1', 'lb2', false],
    ['lb1,10.0.0.5', '10.0.0.5', true],
    ['LB1.Example.com', 'lb1.example.COM', true],
    ['*.example.com', 'lb1.example.com', true],
    ['*.example.com', 'example.com', false],
    ['lb?', 'lb1', true],
    ['lb?', 'lb12', false],
    ['*.example.com,!bad.example.com', 'bad.example.com', false],
    ['*.example.com,!bad.example.com', 'good.example.com', true],
    ['!bad', 'good', false],
    ['[lb1]:2222', '[lb1]:2222', true],
    ['[lb1]:2222', 'lb1', false],
    ['lb1', '[lb1]:2222', false],
    ['10.0.0.5', '10a0b0c5', false],
    ['fe80::1', 'fe80::1', true],
    ['|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=', '192.168.1.61', true],
    ['|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=', '192.168.1.62', false],
    ['|2|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=', '192.168.1.61', false],
  ])('%s and %s: %s', (names, name, expected) => expect(matches(names, name)).toBe(expected));

  it('agrees with ssh-keygen about what it hashed, and ssh-keygen about what we hash', { timeout: 60_000 }, () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
    const host = fc.oneof(
      fc.ipV4(),
      fc.array(label, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
    );
    const name = fc
      .tuple(host, fc.option(fc.integer({ min: 1, max: 65535 })))
      .map(([h, port]) => (port && port !== 22 ? `[${h}]:${port}` : h));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 4 }), ([mine = '', ...others]) => {
        const file = join(folder, 'hashed');
        writeFileSync(file, [mine, ...others].map((n) => `${n} ssh-ed25519 ${ED}\n`).join(''));
        expect(spawnSync('ssh-keygen', ['-H', '-f', file]).status).toBe(0);
        const entries = parseKnownHosts(readFileSync(file, 'utf8'), file);
        expect(entries.map((e) => matches(e.names, mine))).toEqual([true, ...others.map(() => false)]);
        writeFileSync(file, knownHostLine(mine, shown, Buffer.alloc(20, mine)));
        expect(spawnSync('ssh-keygen', ['-F', mine, '-f', file], { encoding: 'utf8' }).stdout).toContain(ED);
        expect(spawnSync('ssh-keygen', ['-F', others[0] ?? '', '-f', file]).status).toBe(1);
      }),
      { numRuns: 25 },
    );
  });
});

describe('parseKnownHosts', () => {
  it('keeps entries with their lines and passes over everything else', () => {
    const text = `# comment\n\nlb1 ssh-ed25519 ${ED} a comment\r\n@revoked * ssh-ed25519 ${OTHER}\nbroken\n@odd lb1 ssh-rsa AAAA\n\t lb2\tssh-rsa  AAAA\n`;
    expect(parseKnownHosts(text, 'f')).toEqual([
      { file: 'f', line: 3, names: 'lb1', keyType: 'ssh-ed25519', key: ED },
      { file: 'f', line: 4, names: '*', keyType: 'ssh-ed25519', key: OTHER, marker: 'revoked' },
      { file: 'f', line: 7, names: 'lb2', keyType: 'ssh-rsa', key: 'AAAA' },
    ]);
  });
});

describe('judge', () => {
  const names = { name: '[lb1]:2222', bare: 'lb1' };
  it.each([
    ['the very key', `[lb1]:2222 ssh-ed25519 ${ED}`, 'known'],
    ['nothing', '', 'unknown'],
    ['another host', `lb2 ssh-ed25519 ${ED}`, 'unknown'],
    ['another key', `[lb1]:2222 ssh-ed25519 ${OTHER}`, 'changed'],
    ['only another type', '[lb1]:2222 ssh-rsa AAAA', 'changed'],
    ['one key of two', `[lb1]:2222 ssh-rsa AAAA\n[lb1]:2222 ssh-ed25519 ${ED}`, 'known'],
    ['the key under the bare name', `lb1 ssh-ed25519 ${ED}`, 'known'],
    ['another key under the bare name', `lb1 ssh-ed25519 ${OTHER}`, 'unknown'],
    ['a changed key although the bare name has it', `[lb1]:2222 ssh-ed25519 ${OTHER}\nlb1 ssh-ed25519 ${ED}`, 'changed'],
    ['a revoked key', `[lb1]:2222 ssh-ed25519 ${ED}\n@revoked * ssh-ed25519 ${ED}`, 'revoked'],
    ['another revoked key', `[lb1]:2222 ssh-ed25519 ${ED}\n@revoked * ssh-ed25519 ${OTHER}`, 'known'],
    ['an authority alone', `@cert-authority * ssh-ed25519 ${ED}`, 'authority'],
    ['an authority and the key', `@cert-authority * ssh-ed25519 ${OTHER}\n[lb1]:2222 ssh-ed25519 ${ED}`, 'known'],
  ])('%s', (_it, text, kind) => expect(judge(parseKnownHosts(text, 'f'), names, shown).kind).toBe(kind));
  it('takes no authority for a key', () => {
    const entries = parseKnownHosts(`@cert-authority [lb1]:2222 ssh-ed25519 ${ED}`, 'f');
    expect(recordedTypes(entries, names)).toEqual([]);
  });
});

it('asks a server for the types that are recorded', () => {
  const entries = parseKnownHosts(
    `lb1 ssh-rsa AAAA\nlb1 ssh-rsa BBBB\n[lb1]:22 ssh-ed25519 ${ED}\n@revoked lb1 ecdsa-sha2-nistp256 CCCC`,
    'f',
  );
  expect(recordedTypes(entries, { name: 'lb1' })).toEqual(['ssh-rsa']);
});

it('reads a key as it comes over the wire', () => {
  expect(toHostKey(Buffer.from(ED, 'base64'))).toEqual(shown);
});

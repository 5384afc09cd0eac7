import { describe, expect, it } from 'vitest';
import { admit, type HostKeyChecking } from '../../../src/transport/host-key.ts';
import type { KnownHost, Verdict } from '../../../src/transport/known-hosts.ts';

const shown = { keyType: 'ssh-ed25519', key: 'AAAAC3NzaC1lZDI1NTE5AAAAIIZ2DbdZDRI0x3lBeOvGv3KOUz2GfJ1xGRZ1bfoFUvUU' };
const entry: KnownHost = { file: '/home/a b/.ssh/known_hosts', line: 12, names: 'lb1', keyType: 'ssh-rsa', key: 'AAAA' };
const names = { name: '[10.0.0.5]:2222', bare: '10.0.0.5' };
const verdicts: Readonly<Record<Verdict['kind'], Verdict>> = {
  known: { kind: 'known' },
  unknown: { kind: 'unknown' },
  changed: { kind: 'changed', recorded: [entry] },
  revoked: { kind: 'revoked', by: entry },
  authority: { kind: 'authority', by: entry },
};
const decide = (kind: Verdict['kind'], checking: HostKeyChecking, scan?: string) => admit(verdicts[kind], checking, names, shown, scan);

describe('admit', () => {
  it.each<[Verdict['kind'], HostKeyChecking, string]>([
    ['known', 'strict', 'trust'],
    ['known', 'off', 'trust'],
    ['unknown', 'strict', 'refuse'],
    ['unknown', 'accept-new', 'learn'],
    ['unknown', 'off', 'warn'],
    ['changed', 'strict', 'refuse'],
    ['changed', 'accept-new', 'refuse'],
    ['changed', 'off', 'warn'],
    ['authority', 'strict', 'refuse'],
    ['authority', 'accept-new', 'refuse'],
    ['revoked', 'strict', 'refuse'],
    ['revoked', 'accept-new', 'refuse'],
    ['revoked', 'off', 'refuse'],
  ])('a key that is %s under %s: %s', (kind, checking, expected) => expect(decide(kind, checking).kind).toBe(expected));

  const offers = 'it shows ssh-ed25519 SHA256:vmfFHjeb87dJJgJ0qHvmodO3bkgvP1Dh6PIRXOhBgiQ';
  it.each<[Verdict['kind'], string, string | undefined]>([
    [
      'unknown',
      `the host key of [10.0.0.5]:2222 is not known: ${offers}`,
      'compare the fingerprint, then run: SCAN, or use --host-key-checking accept-new',
    ],
    [
      'changed',
      `the host key of [10.0.0.5]:2222 has changed: ${offers}, but /home/a b/.ssh/known_hosts:12 holds ssh-rsa SHA256:cJ6AyISHokEeHuTfufIqhhSS0gxHZRUMDHlKvXD4FHw`,
      "if the host was reinstalled, forget its old key: ssh-keygen -R '[10.0.0.5]:2222' -f '/home/a b/.ssh/known_hosts'; if not, something else answers at its address",
    ],
    ['revoked', `the host key of [10.0.0.5]:2222 is revoked by /home/a b/.ssh/known_hosts:12: ${offers}`, undefined],
    [
      'authority',
      `the host key of [10.0.0.5]:2222 is vouched for only by a certificate authority (/home/a b/.ssh/known_hosts:12), and host certificates are not supported: ${offers}`,
      'record the key itself: SCAN',
    ],
  ])('says what is wrong when it is %s', (kind, message, hint) => {
    const admission = decide(kind, 'strict', 'SCAN');
    const error = admission.kind === 'refuse' ? admission.error : undefined;
    expect([error?.message, error?.hint, error?.exitCode]).toEqual([message, hint, 4]);
  });
  it('names the danger it lets pass', () => {
    expect(decide('unknown', 'off')).toEqual({
      kind: 'warn',
      message: `not verified: the host key of [10.0.0.5]:2222 is not known: ${offers}`,
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type EndpointContext, parseHop, toEndpoint } from '../../../src/transport/endpoint.ts';
import { parseSshArgs } from '../../../src/transport/ssh-args.ts';
import { parseSshConfig, readSshConfig, withoutSsh } from '../../../src/transport/ssh-config.ts';

const context: EndpointContext = {
  home: '/home/me',
  localUser: 'me',
  cwd: '/home/me',
  env: { SSH_AUTH_SOCK: '/run/agent' },
  named: [],
  legacy: false,
};
const folder = mkdtempSync(join(tmpdir(), 'endpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the installed ssh makes of a configuration file, as an endpoint. */
async function endpoint(config: string, args = '', alias = 'lb1', more: Partial<EndpointContext> = {}) {
  const file = join(folder, 'config');
  writeFileSync(file, config);
  const options = parseSshArgs(`-F ${file} ${args}`, 'args');
  return toEndpoint(alias, await readSshConfig(alias, options, context.home), { ...context, ...more });
}

describe('toEndpoint', () => {
  it('follows ~/.ssh/config, Include and Match included', async () => {
    writeFileSync(join(folder, 'more'), 'Match host 10.0.0.5\n  HostKeyAlias web\n');
    const found = await endpoint(`Host lb*
      HostName 10.0.0.5
      Port 2222
      User deploy
      IdentityFile ~/.ssh/%n-%r
      IdentityFile %d/second
      IdentitiesOnly yes
      IdentityAgent /run/%r.sock
      UserKnownHostsFile /kh/%h /kh/two
      GlobalKnownHostsFile /kh/global
      StrictHostKeyChecking accept-new
      HashKnownHosts yes
      ConnectTimeout 7
      ServerAliveInterval 3
      AddressFamily inet6
      CertificateFile /x-cert.pub
      Include ${folder}/more`);
    expect(found).toEqual({
      host: '10.0.0.5',
      port: 2222,
      family: 6,
      user: 'deploy',
      way: { kind: 'direct' },
      names: { name: 'web' },
      checking: 'accept-new',
      knownHosts: ['/kh/10.0.0.5', '/kh/two', '/kh/global'],
      learnInto: '/kh/10.0.0.5',
      hashNames: true,
      keys: { agent: '/run/deploy.sock', files: ['/home/me/.ssh/lb1-deploy', '/home/me/second'], named: [], only: true },
      password: undefined,
      connectSeconds: 7,
      keepAliveSeconds: 3,
      legacy: false,
      unsupported: ['certificatefile'],
    });
  });
  it.each<[string, string, object]>([
    ['a port of its own', '-p 2222', { names: { name: '[lb1]:2222', bare: 'lb1' } }],
    ['an alias for the host key', '-o HostKeyAlias=web -p 2222', { names: { name: 'web' } }],
    ['no checking, as ssh has it', '-o StrictHostKeyChecking=no', { checking: 'off' }],
    ['asking, which is strict here', '-o StrictHostKeyChecking=ask', { checking: 'strict' }],
    ['a jump chain', '-J a,me@b:2200', { way: { kind: 'jump', hops: ['a', 'me@b:2200'] } }],
    ['no jump', '-J none', { way: { kind: 'direct' } }],
    [
      'a proxy command with its tokens',
      '-p 5 -l joe -o ProxyCommand="nc -X %% %h %p %r"',
      { way: { kind: 'command', command: 'nc -X % lb1 5 joe' } },
    ],
    ['the agent of the environment', '', { keys: expect.objectContaining({ agent: '/run/agent' }) }],
    ['no agent', '-o IdentityAgent=none', { keys: expect.objectContaining({ agent: undefined }) }],
    ['an agent named by a variable', '-o IdentityAgent=$SSH_AUTH_SOCK', { keys: expect.objectContaining({ agent: '/run/agent' }) }],
    ['several keys', '-o IdentityFile=/k1 -o IdentityFile=~/k2', { keys: expect.objectContaining({ files: ['/k1', '/home/me/k2'] }) }],
    [
      'no place to record keys',
      '-o UserKnownHostsFile=/dev/null',
      { learnInto: undefined, knownHosts: expect.arrayContaining(['/dev/null']) },
    ],
    ['no limit given', '', { connectSeconds: 10, keepAliveSeconds: 10, port: 22, names: { name: 'lb1' } }],
  ])('%s', async (_it, args, expected) => expect(await endpoint('', args)).toMatchObject(expected));
  it('lets what the command line and the host say stand above ssh’s configuration', async () => {
    const found = await endpoint('Host *\n StrictHostKeyChecking no\n ConnectTimeout 60\n', '-o IdentityFile=key', 'lb1', {
      checking: 'strict',
      connectSeconds: 4,
      named: ['key'],
    });
    expect(found).toMatchObject({ checking: 'strict', connectSeconds: 4, keys: { files: ['/home/me/key'], named: ['/home/me/key'] } });
  });
  it('passes on ssh’s own words about an option it does not know', async () => {
    await expect(endpoint('', '-o Foo=1')).rejects.toMatchObject({
      name: 'ConfigError',
      message: 'ssh does not understand its options for lb1: command-line: line 0: Bad configuration option: foo',
    });
  });
});

describe('without ssh', () => {
  it('knows the options at hand and OpenSSH’s defaults', () => {
    const options = parseSshArgs('-p 2222 -o User=joe -o "StrictHostKeyChecking no" -J b -i /k', 'args');
    expect(toEndpoint('lb1', withoutSsh('lb1', options, '/home/me'), context)).toMatchObject({
      host: 'lb1',
      port: 2222,
      user: 'joe',
      checking: 'off',
      way: { kind: 'jump', hops: ['b'] },
      knownHosts: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
      keys: { files: ['/k'] },
    });
    expect(toEndpoint('lb1', withoutSsh('lb1', [], '/home/me'), context).keys.files).toContain('/home/me/.ssh/id_ed25519');
  });
});

it('reads options that stand there several times', () => {
  expect([...parseSshConfig('IdentityFile a\nidentityfile b c\nport 22\n')]).toEqual([
    ['identityfile', ['a', 'b c']],
    ['port', ['22']],
  ]);
});

describe('parseHop', () => {
  it.each([
    ['b', { host: 'b' }],
    ['me@b', { host: 'b', user: 'me' }],
    ['me@b:2200', { host: 'b', user: 'me', port: '2200' }],
    ['a@corp@b', { host: 'b', user: 'a@corp' }],
    ['[fe80::1]:22', { host: 'fe80::1', port: '22' }],
    ['ssh://me@b:2200/', { host: 'b', user: 'me', port: '2200' }],
  ])('%s', (text, hop) => expect(parseHop(text)).toEqual(hop));
  it('refuses what is none', () => expect(() => parseHop('a:b:c')).toThrow('cannot read the jump host "a:b:c"'));
});

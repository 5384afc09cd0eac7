import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { labPlaces } from '../../src/lab/names.ts';
import type { Vars } from '../../src/model/host.ts';
import { Secret, sh, userScript } from '../../src/shell/sh.ts';
import type { Connection, Trip } from '../../src/transport/connection.ts';
import { connector } from '../../src/transport/connector.ts';
import { describeOnLab, hostOf } from './support/lab.ts';

const name = 'e2e-transport';
const inventory = join(import.meta.dirname, 'inventories/pair.yml');

describeOnLab('transport', { name, inventory }, ({ spec, onHost, power }) => {
  const { key, knownHosts, sudoPassword } = labPlaces(name);
  const password = () => readFileSync(sudoPassword, 'utf8').trim();
  const folder = mkdtempSync(join(tmpdir(), 'transport-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const connections: Connection[] = [];
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
  });
  const args = (file = knownHosts) => `-F none -o UserKnownHostsFile=${file} -o GlobalKnownHostsFile=/dev/null`;
  async function reach(host: string, user: string, vars: Vars = {}): Promise<Connection> {
    const connect = connector({ privateKeys: [key], env: {}, cwd: '/', emit: () => undefined });
    const own = { ansible_host: hostOf(spec, host).address, ansible_user: user, ansible_ssh_common_args: args() };
    const connection = await connect({ name: host, groups: [], vars: { ...own, ...vars } });
    connections.push(connection);
    return connection;
  }
  const trip = (text: string, more: Partial<Trip> = {}): Trip => ({
    inputs: [{ command: userScript(text) }],
    mode: 'answers',
    timeoutSeconds: 60,
    ...more,
  });
  const asRoot = { become: 'root' };
  const root = (text: string) => onHost('a', 'sh', '-c', text);
  /** How many processes of the host have this text among their arguments. */
  const count = async (text: string) => Number((await root(`pgrep -fc '[${text[0]}]${text.slice(1)}'`)).stdout);

  describe('sudo', () => {
    test('without a password', async () => {
      const [result] = await (await reach('a', 'ops')).run(trip('id -un; echo $HOME', asRoot));
      expect(result).toEqual({ exitCode: 0, stdout: 'root\n/root\n', stderr: '' });
    });
    test('to another user than root', async () => {
      const [result] = await (await reach('a', 'ops')).run(trip('id -un', { become: 'daemon' }));
      expect(result?.stdout).toBe('daemon\n');
    });
    test('by root needs no sudo to stay root', async () => {
      const [result] = await (await reach('a', 'root')).run(trip('echo "${SUDO_USER-none}"', asRoot));
      expect(result?.stdout).toBe('none\n');
    });
    test('with a password, which stands in no argument list', async () => {
      const connection = await reach('a', 'opspw', { ansible_become_password: password() });
      let lists = '';
      const look = 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr "\\0" " "';
      const [result] = await connection.run(trip(`id -un; echo up >&2; ${look}`, { ...asRoot, onLine: (line) => (lists += line) }));
      expect(lists).toBe('up');
      expect(result?.stdout).toMatch(/^root\n/);
      expect(result?.stdout).toContain('sudo -S -p');
      expect(result?.stdout).not.toContain(password());
    });
    test.each([
      ['opspw', undefined, "sudo asks for opspw's password to become root"],
      ['opspw', 'wrong', 'sudo refused the password of opspw'],
    ])('of %s with password %s is refused', async (user, given, message) => {
      const connection = await reach('a', user, given === undefined ? {} : { ansible_become_password: given });
      await expect(connection.run(trip('true', asRoot))).rejects.toMatchObject({ name: 'HostError', message });
    });
    test('is refused to who is not in sudoers, without a terminal, and where there is none', async () => {
      await root('useradd -m plain; echo plain:secret | chpasswd; cp -r ~ops/.ssh ~plain/; chown -R plain ~plain/.ssh');
      const plain = await reach('a', 'plain', { ansible_become_password: 'secret' });
      await expect(plain.run(trip('true', asRoot))).rejects.toMatchObject({ message: 'sudo does not let plain become root' });
      const ops = await reach('a', 'ops');
      await root('echo "Defaults:ops requiretty" > /etc/sudoers.d/zz-tty');
      await expect(ops.run(trip('true', asRoot))).rejects.toMatchObject({ message: 'sudo insists on a terminal (requiretty)' });
      await root('rm /etc/sudoers.d/zz-tty; mv /usr/bin/sudo /usr/bin/sudo.away');
      await expect(ops.run(trip('true', asRoot))).rejects.toMatchObject({ message: 'sudo is not installed, so ops cannot become root' });
      await root('mv /usr/bin/sudo.away /usr/bin/sudo');
      expect((await ops.run(trip('id -un', asRoot)))[0]?.stdout).toBe('root\n');
    });
    test('through a terminal of its own (use_pty) changes no byte', async () => {
      await root('echo "Defaults:opspw use_pty" > /etc/sudoers.d/zz-pty');
      const content = Buffer.alloc(3_000_000, 'any\r\n\0\x03\x04thing');
      const connection = await reach('a', 'opspw', { ansible_become_password: password() });
      const [sum] = await connection.run({ ...trip('', asRoot), inputs: [{ command: sh`sha256sum`, stdin: content }] });
      await root('rm /etc/sudoers.d/zz-pty');
      expect(sum?.stdout).toContain(createHash('sha256').update(content).digest('hex'));
    });
    test('gives way to a login shell that is none', async () => {
      await root('useradd -m -s /usr/sbin/nologin closed; cp -r ~ops/.ssh ~closed/; chown -R closed ~closed/.ssh');
      await expect((await reach('a', 'closed')).run(trip('true'))).rejects.toMatchObject({
        name: 'HostError',
        message: 'the login shell of closed did not start a command: This account is currently not available.',
      });
    });
  });

  describe('host keys of a real sshd', () => {
    const addressOf = (host: string) => hostOf(spec, host).address;
    const lines = (host: string) =>
      readFileSync(knownHosts, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(addressOf(host)));
    test('one that is not known', async () => {
      writeFileSync(join(folder, 'empty'), '');
      await expect(reach('a', 'ops', { ansible_ssh_common_args: args(join(folder, 'empty')) })).rejects.toMatchObject({
        name: 'UnreachableError',
        message: expect.stringMatching(`^the host key of ${addressOf('a')} is not known: it shows ssh-ed25519 SHA256:`),
        hint: expect.stringContaining(`ssh-keyscan ${addressOf('a')} >> ${folder}/empty`),
      });
    });
    test('that of another machine', async () => {
      const file = join(folder, 'swapped');
      writeFileSync(
        file,
        lines('b')
          .map((line) => `${line.replace(addressOf('b'), addressOf('a'))}\n`)
          .join(''),
      );
      await expect(reach('a', 'ops', { ansible_ssh_common_args: args(file) })).rejects.toMatchObject({
        name: 'UnreachableError',
        message: expect.stringMatching(`^the host key of ${addressOf('a')} has changed: it shows .*, but ${file}:1 holds `),
      });
    });
    test('of the one type that is recorded, which is not the best', async () => {
      const file = join(folder, 'ecdsa');
      writeFileSync(file, `${lines('a').find((line) => line.includes('ecdsa')) ?? ''}\n`);
      expect(readFileSync(file, 'utf8')).toContain('ecdsa');
      await reach('a', 'ops', { ansible_ssh_common_args: args(file) });
    });
    test('learned under accept-new are the ones OpenSSH finds', async () => {
      const file = join(folder, 'learned');
      await reach('a', 'ops', { ansible_ssh_common_args: `${args(file)} -o StrictHostKeyChecking=accept-new -o HashKnownHosts=yes` });
      expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
      const connection = await reach('a', 'ops', { ansible_connection: 'local' });
      const [found] = await connection.run(trip(`ssh-keygen -F ${addressOf('a')} -f ${file}`));
      expect(found).toMatchObject({ exitCode: 0 });
    });
  });

  describe('a trip', () => {
    test('takes a flood of 100 MB and a gift of 20 MB', async () => {
      const content = Buffer.alloc(20_000_000, 'any\0thing\n');
      const connection = await reach('a', 'opspw', { ansible_become_password: password() });
      const [flood, sum] = await connection.run({
        ...trip('', asRoot),
        inputs: [{ command: sh`head -c 100000000 /dev/zero` }, { command: sh`sha256sum`, stdin: content }],
      });
      expect(flood).toMatchObject({ exitCode: 0, truncated: true });
      expect(sum?.stdout).toContain(createHash('sha256').update(content).digest('hex'));
    });
    test('ends when its time is up, with everything it runs', async () => {
      const connection = await reach('a', 'opspw', { ansible_become_password: password() });
      const text = "trap '' TERM; sh -c 'sleep 1234; sleep 1234'";
      await expect(connection.run(trip(text, { ...asRoot, timeoutSeconds: 1 }))).rejects.toMatchObject({
        name: 'HostError',
        message: `timed out after 1 s: ${text}`,
      });
      expect(await count('sleep 1234')).toBe(0);
      expect((await connection.run(trip('echo on')))[0]?.stdout).toBe('on\n');
    });
    test('is over although a daemon holds its streams', async () => {
      const [result] = await (await reach('a', 'ops')).run(trip('sleep 2345 & echo started', asRoot));
      expect(result?.stdout).toBe('started\n');
      expect(await count('sleep 2345')).toBe(1);
      await root('pkill -f "[s]leep 2345"');
    });
    test('ends with its connection, and no launcher stays', async () => {
      const connection = await reach('a', 'opspw', { ansible_become_password: password() });
      let started: () => void = () => undefined;
      const isUp = new Promise<void>((done) => {
        started = done;
      });
      const running = connection.run(trip('echo up >&2; sleep 3456', { ...asRoot, onLine: started }));
      const interrupted = expect(running).rejects.toMatchObject({ message: 'interrupted' });
      await isUp;
      await connection.close();
      await interrupted;
      await expect.poll(() => count('sleep 3456')).toBe(0);
      await expect.poll(() => count('vipctl-ready')).toBe(0);
    });
  });

  describe('a host', () => {
    test('behind another is reached through it, both keys verified', async () => {
      const config = join(folder, 'config');
      const jump = { ansible_ssh_common_args: `-F ${config} -J hop -o UserKnownHostsFile=${knownHosts}` };
      const hop = (file: string) =>
        `Host hop\n HostName ${hostOf(spec, 'a').address}\n User ops\n IdentityFile ${key}\n UserKnownHostsFile ${file}\n GlobalKnownHostsFile /dev/null\n`;
      writeFileSync(config, hop(knownHosts));
      const [result] = await (await reach('b', 'ops', jump)).run(trip('hostname; echo "$SSH_CONNECTION"'));
      expect(result?.stdout).toMatch(new RegExp(`^b\n${hostOf(spec, 'a').address.replaceAll('.', '\\.')} `));
      writeFileSync(config, hop('/dev/null'));
      await expect(reach('b', 'ops', jump)).rejects.toThrow(/^jump host hop: the host key of .* is not known/);
    });
    test('that refuses', async () => {
      const { address } = hostOf(spec, 'a');
      await expect(reach('a', 'ops', { ansible_port: 23 })).rejects.toMatchObject({
        name: 'UnreachableError',
        message: `connection refused by ${address}:23`,
      });
    });
    test('that does not answer', async () => {
      const nobody = spec.subnet.replace(/\d+\/\d+$/, '222');
      await expect(reach('a', 'ops', { ansible_host: nobody, ansible_timeout: 1 })).rejects.toMatchObject({
        name: 'UnreachableError',
        message: expect.stringMatching(`^no (answer from|route to) ${nobody}:22`),
      });
    });
    test('whose sshd is killed counts as lost', async () => {
      const connection = await reach('a', 'ops');
      const running = connection.run(trip('echo up >&2; sleep 60', { onLine: () => void root('pkill -KILL -f "sshd: [o]ps@"') }));
      await expect(running).rejects.toMatchObject({
        name: 'UnreachableError',
        message: expect.stringMatching(`^lost the connection to ${hostOf(spec, 'a').address}:22 during: echo up >&2; sleep 60`),
      });
    });
    test('whose plug is pulled counts as lost', async () => {
      const connection = await reach('b', 'ops', { ansible_ssh_common_args: `${args()} -o ServerAliveInterval=1` });
      const running = connection.run(trip('echo up >&2; sleep 60', { onLine: () => void power('b', 'cut') }));
      await expect(running).rejects.toMatchObject({ name: 'UnreachableError', message: expect.stringMatching(/^lost the connection to /) });
    });
    test('that is this machine needs no SSH', async () => {
      const connection = await reach('a', 'ops', { ansible_connection: 'local', ansible_become_password: new Secret('unused').toString() });
      const [result] = await connection.run(trip('test -e /proc/1 && pwd'));
      expect(result).toEqual({ exitCode: 0, stdout: '/\n', stderr: '' });
    });
  });
});

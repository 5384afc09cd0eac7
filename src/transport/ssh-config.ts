import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ConfigError } from '../model/errors.ts';
import { type SshOption, toArgv } from './ssh-args.ts';

/** What ssh would do for a host: lower-case option names with their values, one for each time they stand there. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;

/** Reads the output of `ssh -G`. */
export function parseSshConfig(text: string): SshConfig {
  const config = new Map<string, string[]>();
  for (const [, key = '', value = ''] of text.matchAll(/^(\S+)[ \t]+(.*)$/gm)) {
    const name = key.toLowerCase();
    config.set(name, [...(config.get(name) ?? []), value.trim()]);
  }
  return config;
}

/** What ssh itself would do for `address`, ~/.ssh/config with its Include and Match blocks included. */
export async function readSshConfig(address: string, options: readonly SshOption[], home: string): Promise<SshConfig> {
  const argv = ['-G', '-T', ...toArgv(options), '--', address];
  try {
    const { stdout } = await promisify(execFile)('ssh', argv, { encoding: 'utf8', timeout: 30_000 });
    return parseSshConfig(stdout);
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') return withoutSsh(address, options, home);
    throw new ConfigError(`ssh does not understand its options for ${address}: ${stderr?.trim() || String(error)}`, { cause: error });
  }
}

/** Where no ssh is installed: the options at hand and OpenSSH's defaults; ~/.ssh/config is not read. */
export function withoutSsh(address: string, options: readonly SshOption[], home: string): SshConfig {
  const names: Readonly<Record<string, string>> = { J: 'proxyjump', i: 'identityfile', p: 'port', l: 'user' };
  const given = options.flatMap(({ flag, value = '' }) => {
    const option = names[flag];
    if (option) return [`${option} ${value}`];
    return flag === 'o' ? [value.replace(/^\s*([^\s=]+)\s*[\s=]\s*/, '$1 ')] : [];
  });
  const keys = ['id_rsa', 'id_ecdsa', 'id_ed25519'].map((file) => `identityfile ${home}/.ssh/${file}`);
  const defaults = [
    `hostname ${address}`,
    'port 22',
    `userknownhostsfile ${home}/.ssh/known_hosts ${home}/.ssh/known_hosts2`,
    'globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2',
    ...(given.some((line) => /^identityfile /i.test(line)) ? [] : keys),
  ];
  return parseSshConfig([...given, ...defaults].join('\n'));
}

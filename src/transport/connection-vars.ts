import { ConfigError } from '../model/errors.ts';
import type { Host, Value } from '../model/host.ts';
import { Secret } from '../shell/sh.ts';
import type { HostKeyChecking } from './host-key.ts';
import { parseSshArgs, type SshOption } from './ssh-args.ts';

/** What the variables of a host say about reaching it, by Ansible's names. */
export interface ConnectionVars {
  readonly transport: 'ssh' | 'local';
  readonly address: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: Secret;
  readonly keyFile?: string;
  readonly becomePassword?: Secret;
  readonly connectSeconds?: number;
  readonly checking?: HostKeyChecking;
  /** `ansible_ssh_args`, then `ansible_ssh_common_args` and `ansible_ssh_extra_args`. */
  readonly sshArgs: readonly SshOption[];
  /** `vipctl_legacy_ssh`: also offer the SHA-1 algorithms that OpenSSH 5.3 (EL6) needs. */
  readonly legacy: boolean;
}

const transports: Readonly<Record<string, 'ssh' | 'local'>> = { ssh: 'ssh', smart: 'ssh', local: 'local' };
/** Ways of becoming another user that only Ansible has. */
const foreign = ['ansible_become_exe', 'ansible_become_flags', 'ansible_sudo_exe', 'ansible_sudo_flags'];

/** Reads the connection variables of a host; throws ConfigError naming the host and the variable. */
export function readConnectionVars({ name, vars }: Host): ConnectionVars {
  const wrong = (key: string, wanted: string, value: Value) =>
    new ConfigError(`${name}: ${key} must be ${wanted}, not ${/pass/.test(key) ? typeof value : JSON.stringify(value)}`);
  const find = <T>(keys: readonly string[], wanted: string, read: (value: Value) => T | undefined): T | undefined => {
    const key = keys.find((k) => vars[k] !== undefined && vars[k] !== null && vars[k] !== '');
    if (key === undefined) return undefined;
    const value = read(vars[key] ?? null);
    if (value === undefined) throw wrong(key, wanted, vars[key] ?? null);
    return value;
  };
  const text = (...keys: string[]) => find(keys, 'a text', toText);
  const secret = (...keys: string[]) =>
    find(keys, 'a text', (value) => (toText(value) === undefined ? undefined : new Secret(toText(value) ?? '')));
  const args = (key: string) => parseSshArgs(text(key) ?? '', `${name}: ${key}`);
  find(['ansible_become_method'], '"sudo"', (value) => (value === 'sudo' ? value : undefined));
  find(['ansible_become'], 'true or false', toBoolean);
  find(foreign, 'absent: vipctl calls plain sudo', () => undefined);

  const port = find(['ansible_port', 'ansible_ssh_port'], 'a number from 1 to 65535', toPort);
  const user = text('ansible_user', 'ansible_ssh_user');
  const password = secret('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password');
  const keyFile = text('ansible_ssh_private_key_file', 'ansible_private_key_file');
  const becomePassword = secret('ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass');
  const connectSeconds = find(['ansible_timeout', 'ansible_ssh_timeout'], 'a number of seconds above 0', toSeconds);
  const isChecked = find(['ansible_host_key_checking', 'ansible_ssh_host_key_checking'], 'true or false', toBoolean);
  return {
    transport: find(['ansible_connection'], 'ssh, smart or local', (value) => transports[String(value)]) ?? 'ssh',
    address: text('ansible_host', 'ansible_ssh_host') ?? name,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(password && { password }),
    ...(keyFile !== undefined && { keyFile }),
    ...(becomePassword && { becomePassword }),
    ...(connectSeconds !== undefined && { connectSeconds }),
    ...(isChecked !== undefined && { checking: isChecked ? 'strict' : 'off' }),
    sshArgs: [...args('ansible_ssh_args'), ...args('ansible_ssh_common_args'), ...args('ansible_ssh_extra_args')],
    legacy: find(['vipctl_legacy_ssh'], 'true or false', toBoolean) ?? false,
  };
}

const toText = (value: Value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);

function toPort(value: Value): number | undefined {
  const port = Number(toText(value));
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined;
}

function toSeconds(value: Value): number | undefined {
  const seconds = Number(toText(value));
  return seconds > 0 ? seconds : undefined;
}

/** Reads a yes or no, undefined for neither: INI inventories have only texts, and Ansible's booleans have many spellings. */
export function toBoolean(value: Value): boolean | undefined {
  const word = String(value).toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
}

import { describe, expect, it } from 'vitest';
import type { Vars } from '../../../src/model/host.ts';
import { readConnectionVars } from '../../../src/transport/connection-vars.ts';

const read = (vars: Vars) => readConnectionVars({ name: 'lb1', groups: [], vars });

describe('readConnectionVars', () => {
  it('reaches a host by its name when nothing else is said', () => {
    expect(read({})).toEqual({ transport: 'ssh', address: 'lb1', sshArgs: [], legacy: false });
  });
  it('takes Ansible’s names, today’s and yesterday’s, numbers and booleans also as text', () => {
    const { password, becomePassword, ...rest } = read({
      ansible_host: '10.0.0.5',
      ansible_ssh_port: '2222',
      ansible_ssh_user: 'deploy',
      ansible_ssh_pass: 'p1',
      ansible_become_pass: 123,
      ansible_ssh_private_key_file: '~/.ssh/k',
      ansible_timeout: 5,
      ansible_host_key_checking: 'False',
      ansible_ssh_common_args: '-o A=1',
      ansible_ssh_extra_args: '-o B=2',
      ansible_become_method: 'sudo',
      ansible_connection: 'smart',
      vipctl_legacy_ssh: true,
    });
    expect([password?.expose(), becomePassword?.expose()]).toEqual(['p1', '123']);
    expect(rest).toEqual({
      transport: 'ssh',
      address: '10.0.0.5',
      port: 2222,
      user: 'deploy',
      keyFile: '~/.ssh/k',
      connectSeconds: 5,
      checking: 'off',
      sshArgs: [
        { flag: 'o', value: 'A=1' },
        { flag: 'o', value: 'B=2' },
      ],
      legacy: true,
    });
  });
  it.each<[Vars, string]>([
    [{ ansible_port: 70000 }, 'lb1: ansible_port must be a number from 1 to 65535, not 70000'],
    [{ ansible_port: 'ssh' }, 'lb1: ansible_port must be a number from 1 to 65535, not "ssh"'],
    [{ ansible_user: ['a'] }, 'lb1: ansible_user must be a text, not ["a"]'],
    [{ ansible_password: ['hunter2'] }, 'lb1: ansible_password must be a text, not object'],
    [{ ansible_connection: 'winrm' }, 'lb1: ansible_connection must be ssh, smart or local, not "winrm"'],
    [{ ansible_become_method: 'su' }, 'lb1: ansible_become_method must be "sudo", not "su"'],
    [{ ansible_become_flags: '-H' }, 'lb1: ansible_become_flags must be absent: vipctl calls plain sudo, not "-H"'],
    [{ ansible_timeout: 0 }, 'lb1: ansible_timeout must be a number of seconds above 0, not 0'],
    [{ ansible_host_key_checking: 'maybe' }, 'lb1: ansible_host_key_checking must be true or false, not "maybe"'],
  ])('refuses %j', (vars, message) => {
    expect(() => read(vars)).toThrow(expect.objectContaining({ name: 'ConfigError', message }));
  });
});

import { describe, expect, it } from 'vitest';
import { parseSshArgs, toArgv } from '../../../src/transport/ssh-args.ts';

describe('parseSshArgs', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['-o StrictHostKeyChecking=no', ['-o', 'StrictHostKeyChecking=no']],
    ['-oPort=2222 -p2200', ['-o', 'Port=2222', '-p', '2200']],
    [`-o ProxyCommand="ssh -W %h:%p -q bastion"`, ['-o', 'ProxyCommand=ssh -W %h:%p -q bastion']],
    [`-o 'ProxyCommand=ssh -W "%h:%p" b' -J me@a:22,b`, ['-o', 'ProxyCommand=ssh -W "%h:%p" b', '-J', 'me@a:22,b']],
    ['-C -o ControlMaster=auto -qv -i ~/k', ['-C', '-o', 'ControlMaster=auto', '-q', '-v', '-i', '~/k']],
    ['-F /dev/null -l root', ['-F', '/dev/null', '-l', 'root']],
  ])('%s', (text, argv) => expect(toArgv(parseSshArgs(text, 'x'))).toEqual(argv));
  it.each([
    ['-W host:22', 'lb1: ansible_ssh_common_args: ssh option -W is not supported'],
    ['-A', 'lb1: ansible_ssh_common_args: ssh option -A is not supported'],
    ['bastion', 'lb1: ansible_ssh_common_args: ssh option bastion is not supported'],
    ['-o', 'lb1: ansible_ssh_common_args: ssh option -o needs a value'],
    ['-o "x', 'lb1: ansible_ssh_common_args: unclosed quote or trailing backslash in: -o "x'],
  ])('refuses %s', (text, message) => {
    expect(() => parseSshArgs(text, 'lb1: ansible_ssh_common_args')).toThrow(expect.objectContaining({ name: 'ConfigError', message }));
  });
});

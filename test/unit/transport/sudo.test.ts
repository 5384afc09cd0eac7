import { describe, expect, it } from 'vitest';
import { explainSudo } from '../../../src/transport/sudo.ts';

/** What sudo 1.9.13 (Debian 12), 1.8.23 (EL7) and sudo-rs say, with the exit code they end with. */
const cases: readonly [string, number | undefined, string, string | undefined][] = [
  [
    'sudo: a password is required\n',
    1,
    "sudo asks for deploy's password to become root",
    'give it with --ask-become-pass or ansible_become_password, or allow NOPASSWD in sudoers',
  ],
  [
    'sudo: interactive authentication is required\n',
    1,
    "sudo asks for deploy's password to become root",
    'give it with --ask-become-pass or ansible_become_password, or allow NOPASSWD in sudoers',
  ],
  [
    'deploy is not in the sudoers file.\n',
    1,
    'sudo does not let deploy become root',
    'put deploy into sudoers, or log in as another user (ansible_user)',
  ],
  [
    'deploy is not in the sudoers file.  This incident will be reported.\n',
    1,
    'sudo does not let deploy become root',
    'put deploy into sudoers, or log in as another user (ansible_user)',
  ],
  [
    "Sorry, user deploy is not allowed to execute '/usr/bin/sh -c x' as root on lb1.\n",
    1,
    'sudo does not let deploy become root',
    'put deploy into sudoers, or log in as another user (ansible_user)',
  ],
  [
    "sudo: I'm sorry deploy. I'm afraid I can't do that\n",
    1,
    'sudo does not let deploy become root',
    'put deploy into sudoers, or log in as another user (ansible_user)',
  ],
  [
    'sudo: sorry, you must have a tty to run sudo\n',
    1,
    'sudo insists on a terminal (requiretty)',
    'add to sudoers: Defaults:deploy !requiretty',
  ],
  ['\nSorry, try again.\n', undefined, 'sudo refused the password of deploy', 'check --ask-become-pass or ansible_become_password'],
  [
    '\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n',
    1,
    'sudo refused the password of deploy',
    'check --ask-become-pass or ansible_become_password',
  ],
  ['sudo: unknown user root\n', 1, 'there is no user root to become', undefined],
  [
    "env: 'sudo': No such file or directory\n",
    127,
    'sudo is not installed, so deploy cannot become root',
    'install sudo there, or log in as root (ansible_user: root)',
  ],
  [
    'sudo: unable to resolve host lb1: Name or service not known\nsudo: a password is required\n',
    1,
    "sudo asks for deploy's password to become root",
    'give it with --ask-become-pass or ansible_become_password, or allow NOPASSWD in sudoers',
  ],
  [
    'sudo: parse error in /etc/sudoers near line 3\nsudo: no valid sudoers sources found, quitting\n',
    1,
    'sudo failed to make deploy root (exit code 1): sudo: no valid sudoers sources found, quitting',
    undefined,
  ],
  ['', 1, 'sudo failed to make deploy root (exit code 1): it said nothing', undefined],
];

describe('explainSudo', () => {
  it.each(cases)('%j', (stderr, exitCode, message, hint) => {
    expect(explainSudo({ login: 'deploy', become: 'root', exitCode, stderr, asked: 0 })).toMatchObject({
      name: 'HostError',
      message,
      hint,
    });
  });
  it('takes a second question for a wrong password, whatever the words', () => {
    const error = explainSudo({ login: 'deploy', become: 'root', exitCode: undefined, stderr: 'Nochmal!', asked: 2 });
    expect(error.message).toBe('sudo refused the password of deploy');
  });
});

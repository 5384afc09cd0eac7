import { HostError } from '../model/errors.ts';

/** A sudo that ended before the launcher behind it was ready. */
export interface SudoFailure {
  readonly login: string;
  readonly become: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;
  /** How often it asked for the password; we answer once. */
  readonly asked: number;
}

interface Reading {
  readonly when: RegExp;
  readonly message: (failure: SudoFailure) => string;
  readonly hint?: (failure: SudoFailure) => string;
}

const wrongPassword: Reading = {
  when: /incorrect password|incorrect authentication|Authentication failed|Sorry, try again|no password was provided/,
  message: ({ login }) => `sudo refused the password of ${login}`,
  hint: () => 'check --ask-become-pass or ansible_become_password',
};

/** The wordings of sudo 1.8–1.9 (plugins/sudoers, src/) and sudo-rs under LC_ALL=C. */
const readings: readonly Reading[] = [
  {
    when: /a password is required|interactive authentication is required/,
    message: ({ login, become }) => `sudo asks for ${login}'s password to become ${become}`,
    hint: () => 'give it with --ask-become-pass or ansible_become_password, or allow NOPASSWD in sudoers',
  },
  {
    when: /not in the sudoers|is not allowed to|may not run sudo|afraid I can't do that/,
    message: ({ login, become }) => `sudo does not let ${login} become ${become}`,
    hint: ({ login }) => `put ${login} into sudoers, or log in as another user (ansible_user)`,
  },
  {
    when: /must have a tty/,
    message: () => 'sudo insists on a terminal (requiretty)',
    hint: ({ login }) => `add to sudoers: Defaults:${login} !requiretty`,
  },
  wrongPassword,
  { when: /unknown user/, message: ({ become }) => `there is no user ${become} to become` },
];

const missing = /sudo['’"]?: (No such file|.*not found)|sudo: not found|Unknown command.*sudo/;

/** Says why sudo did not let us in, and what to do about it; what it does not recognise it quotes. */
export function explainSudo(failure: SudoFailure): HostError {
  const { login, become, exitCode, stderr, asked } = failure;
  if (exitCode === 127 || missing.test(stderr)) {
    return new HostError(`sudo is not installed, so ${login} cannot become ${become}`, {
      hint: 'install sudo there, or log in as root (ansible_user: root)',
    });
  }
  const reading = asked > 1 ? wrongPassword : readings.find(({ when }) => when.test(stderr));
  if (reading) return new HostError(reading.message(failure), { hint: reading.hint?.(failure) });
  return new HostError(`sudo failed to make ${login} ${become} (exit code ${exitCode ?? 'unknown'}): ${lastLine(stderr)}`);
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'it said nothing';

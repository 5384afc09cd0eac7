import { HostError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import { lines, sh } from '../shell/sh.ts';

/** A user as the host knows it; empty where there is none. */
export interface UserState {
  readonly exists: boolean;
  readonly uid: string;
  readonly group: string;
  /** Supplementary groups, without the primary one. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** SHA-256 of the password hash, so that the hash itself never leaves the host. */
  readonly passwordDigest: string;
}

/** Looks a user up wherever the host keeps its users (nsswitch.conf(5)). */
export function userProbe(name: string, withPassword: boolean): Probe<UserState> {
  return {
    command: lines(
      sh`getent passwd -- ${name} || exit`,
      sh`id -gn -- ${name}; id -Gn -- ${name}`,
      ...(withPassword ? [sh`getent shadow -- ${name} | { IFS=: read -r _ hash _; printf %s "$hash" | sha256sum; }`] : []),
    ),
    parse({ exitCode, stdout, stderr }) {
      // 2: no such key (getent(1)).
      if (exitCode !== 0 && exitCode !== 2) throw new HostError(`cannot look user ${name} up: ${stderr.trim()}`);
      const [account = '', group = '', groups = '', digest = ''] = stdout.split('\n');
      const [, , uid = '', , comment = '', home = '', shell = ''] = account.split(':');
      return {
        exists: exitCode === 0,
        uid,
        group,
        groups: groups.split(' ').filter((g) => g !== '' && g !== group),
        comment,
        home,
        shell,
        passwordDigest: digest.split(' ')[0] ?? '',
      };
    },
  };
}

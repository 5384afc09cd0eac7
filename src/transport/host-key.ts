import { UnreachableError } from '../model/errors.ts';
import { quote } from '../shell/sh.ts';
import { fingerprint, type HostKey, type HostNames, type Verdict } from './known-hosts.ts';

/** `strict`: only recorded keys; `accept-new`: records keys of hosts never seen; `off`: takes any key, with a warning. */
export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

export type Admission =
  | { readonly kind: 'trust' }
  | { readonly kind: 'learn' }
  | { readonly kind: 'warn'; readonly message: string }
  | { readonly kind: 'refuse'; readonly error: UnreachableError };

/** Decides what follows from a verdict; a revoked key is refused whatever the mode. `scan` is how to fetch the key by hand. */
export function admit(verdict: Verdict, checking: HostKeyChecking, { name }: HostNames, shown: HostKey, scan?: string): Admission {
  if (verdict.kind === 'known') return { kind: 'trust' };
  if (verdict.kind === 'unknown' && checking === 'accept-new') return { kind: 'learn' };
  const error = refusal(verdict, name, shown, scan);
  if (checking === 'off' && verdict.kind !== 'revoked') return { kind: 'warn', message: `not verified: ${error.message}` };
  return { kind: 'refuse', error };
}

function refusal(verdict: Exclude<Verdict, { kind: 'known' }>, name: string, shown: HostKey, scan: string | undefined): UnreachableError {
  const offers = `it shows ${shown.keyType} ${fingerprint(shown)}`;
  switch (verdict.kind) {
    case 'unknown':
      return new UnreachableError(`the host key of ${name} is not known: ${offers}`, {
        hint: `compare the fingerprint, then ${scan ? `run: ${scan}, or ` : ''}use --host-key-checking accept-new`,
      });
    case 'changed': {
      const held = verdict.recorded.map((e) => `${e.file}:${e.line} holds ${e.keyType} ${fingerprint(e)}`).join(', ');
      const files = [...new Set(verdict.recorded.map((e) => e.file))];
      const remove = files.map((file) => `ssh-keygen -R ${quote(name)} -f ${quote(file)}`).join(' && ');
      return new UnreachableError(`the host key of ${name} has changed: ${offers}, but ${held}`, {
        hint: `if the host was reinstalled, forget its old key: ${remove}; if not, something else answers at its address`,
      });
    }
    case 'revoked':
      return new UnreachableError(`the host key of ${name} is revoked by ${verdict.by.file}:${verdict.by.line}: ${offers}`);
    case 'authority':
      return new UnreachableError(
        `the host key of ${name} is vouched for only by a certificate authority (${verdict.by.file}:${verdict.by.line}), and host certificates are not supported: ${offers}`,
        { hint: `record the key itself${scan ? `: ${scan}` : ''}` },
      );
  }
}

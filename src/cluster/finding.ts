import { ConfigError } from '../model/errors.ts';

/** Something the prover has to say about a cluster. `error`: it will not work; `warning`: it works worse than it could. */
export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string;
}

export const error = (code: string, message: string, hint: string): Finding => ({ code, severity: 'error', message, hint });
export const warning = (code: string, message: string, hint: string): Finding => ({ code, severity: 'warning', message, hint });

/** Turns errors the user has accepted by code into warnings. */
export const accepted = (findings: readonly Finding[], codes: readonly string[]): Finding[] =>
  findings.map((f) => (codes.includes(f.code) ? { ...f, severity: 'warning' } : f));

/** Throws the errors among findings as one {@link ConfigError}. */
export function refuseErrors(cluster: string, findings: readonly Finding[]): void {
  const errors = findings.filter((f) => f.severity === 'error');
  const [first] = errors;
  if (!first) return;
  const more = errors.slice(1).map((f) => `\n  ${f.message} (${f.code})`);
  throw new ConfigError(`cluster ${cluster}: ${first.message} (${first.code})${more.join('')}`, { hint: first.hint });
}

import { ConfigError, type Position } from '../model/errors.ts';

/** Keys and list positions that lead to something in the spec. */
export type Place = readonly (string | number)[];

/** Something the prover has to say about a cluster. `error`: it will not work; `warning`: it works worse than it could. */
export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string;
  /** Where in the spec the cause may stand, the most telling place first; the first that the spec really has is it. */
  readonly at: readonly Place[];
}

export const error = (code: string, message: string, hint: string, ...at: readonly Place[]): Finding => ({
  code,
  severity: 'error',
  message,
  hint,
  at,
});

export const warning = (code: string, message: string, hint: string, ...at: readonly Place[]): Finding => ({
  ...error(code, message, hint, ...at),
  severity: 'warning',
});

/** Where a setting of an instance may be written: with the instance, else for all of them, else there is the instance itself. */
export const settingOf = (instance: string, ...setting: Place): readonly Place[] => [
  ['instances', instance, ...setting],
  ['vrrp', ...setting],
  ['instances', instance],
  ['vips'],
];

/** The place of a finding in a spec as it is written; empty for the spec as a whole. */
export const placeIn = (written: unknown, { at }: Finding): Place => at.find((place) => holds(written, place)) ?? [];

const holds = (written: unknown, [step, ...rest]: Place): boolean =>
  step === undefined ||
  (typeof written === 'object' && written !== null && Object.hasOwn(written, step) && holds(Reflect.get(written, step), rest));

/** Turns errors the user has accepted by code into warnings. */
export const accepted = (findings: readonly Finding[], codes: readonly string[]): Finding[] =>
  findings.map((f) => (codes.includes(f.code) ? { ...f, severity: 'warning' } : f));

/** Throws the errors among findings as one {@link ConfigError}, at the place of the first. */
export function refuseErrors<F extends Finding>(
  cluster: string,
  findings: readonly F[],
  where?: (finding: F) => Position | undefined,
): void {
  const errors = findings.filter((f) => f.severity === 'error');
  const [first] = errors;
  if (!first) return;
  const more = errors.slice(1).map((f) => `\n  ${f.message} (${f.code})`);
  const message = `cluster ${cluster}: ${first.message} (${first.code})${more.join('')}`;
  throw new ConfigError(message, { position: where?.(first), hint: first.hint });
}

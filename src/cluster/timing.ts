import type { Check } from './checks.ts';
import type { Instance } from './instances.ts';

/** Seconds that clients go without the VIP, at best and at worst. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Predicted outages of an instance by what happens to the node that holds it. */
export interface Outages {
  /** keepalived is stopped: it says good-bye with priority 0. */
  readonly stop: Span;
  /** Power, link or network is lost: silence. */
  readonly silence: Span;
  /** The proxy dies; absent when nothing asks it. */
  readonly dead?: Span;
  /** The proxy hangs: its check must time out first. */
  readonly hung?: Span;
}

/** Wait of the best backup beyond the adverts it may miss: `(256 − priority) / 256` of a second, or of an advert in v3 (RFC 3768 §6.1, RFC 5798 §6.1). */
const skew = (instance: Instance): number => ((256 - backup(instance)) / 256) * (instance.version === 2 ? 1 : instance.advert);

/** How long a check takes to count as failed once its subject is dead. */
const detection = ({ interval, fall }: Check): Span => ({ from: (fall - 1) * interval, to: fall * interval });

/** Predicts outages from the timers; the last advert may be up to one interval old when the node falls silent. */
export function predictOutages(instance: Instance): Outages {
  const s = skew(instance);
  const silence = { from: (instance.downAdverts - 1) * instance.advert + s, to: instance.downAdverts * instance.advert + s };
  const check = instance.checks.find((c) => c.purpose === 'proxy');
  const base = { stop: { from: 0, to: s }, silence };
  if (!check) return base;
  const found = detection(check);
  // In FAULT a node says good-bye; with a weight it goes on with lower adverts, which a backup lets pass until its timer ends.
  const move = check.weight === 0 ? { from: 0, to: s } : silence;
  const dead = { from: found.from + move.from, to: found.to + move.to };
  return { ...base, dead, hung: { from: dead.from + check.timeout, to: dead.to + check.timeout } };
}

/** The priority of the node that takes over from the first. */
const backup = (instance: Instance) => Object.values(instance.priorities).sort((a, b) => b - a)[1] ?? 0;

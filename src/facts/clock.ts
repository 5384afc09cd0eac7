import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

/** The host's clock; a `date` without `%N` (busybox) tells whole seconds only. */
export const clock: Section<Pick<Facts, 'clockMs'>> = {
  command: sh`date +%s.%N`,
  parse(text) {
    const [, seconds, millis = '0'] = /^(\d+)(?:\.(\d{3}))?/m.exec(text) ?? [];
    return { clockMs: seconds === undefined ? undefined : Number(seconds) * 1000 + Number(millis) };
  },
};

/** Adds the clock offset to facts, from the controller's clock (ms since 1970) when it asked and when the answer was there. */
export function withClockOffset(facts: Facts, askedMs: number, answeredMs: number): Facts {
  return facts.clockMs === undefined ? facts : { ...facts, clockOffsetMs: facts.clockMs - (askedMs + answeredMs) / 2 };
}

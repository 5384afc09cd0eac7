import type { Verdict } from '../model/event.ts';
import { duration, verdictLine } from './lines.ts';
import type { Output } from './output.ts';
import type { Paint } from './paint.ts';
import { eventLines } from './plain.ts';
import type { Sink } from './sink.ts';

export interface WatchOptions {
  /** Whether a line that tells of the last look may be drawn anew in place. */
  readonly live: boolean;
  readonly seconds: number;
  readonly clock: () => Date;
}

const ERASE = '\r\u001b[K';

/** Prints every proof of the first look, and from then on what changes, with the time of day; on a terminal also when it looked last. */
export function createWatching(out: Output, paint: Paint, { live, seconds, clock }: WatchOptions): Sink {
  const standing = new Map<string, Verdict>();
  let [looks, changes] = [0, 0];
  const time = () => clock().toTimeString().slice(0, 8);
  const sum = () => {
    const failed = [...standing.values()].filter((v) => !v.passed).length;
    const words = failed === 0 ? `all ${standing.size} proofs hold` : `${failed} of ${standing.size} proofs fail`;
    return paint(failed === 0 ? 'green' : 'red', words);
  };
  const erase = () => live && looks > 0 && out.write(ERASE);
  const print = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    erase();
    for (const line of lines) out.write(`${line}\n`);
  };
  return {
    take(event, report) {
      if (event.type === 'verified') {
        for (const verdict of event.checks) standing.set(`${verdict.host ?? ''} ${verdict.check}`, verdict);
        const lines = event.checks.map((v) => verdictLine(v, paint));
        if (looks === 0) print([...lines, '', `${sum()}; from now on every change, looking every ${seconds} s until Ctrl-C`]);
        else print(lines.map((line) => `${paint('dim', time())} ${line}`));
        changes += looks === 0 ? 0 : event.checks.length;
        looks += 1;
        if (live) out.write(`${ERASE}${paint('dim', time())} ${sum()}`);
      } else if (event.type === 'note') {
        changes += 1;
        print([`${paint('dim', time())} ${paint('bold', event.message)}`]);
      } else print(eventLines(event, report, { diff: false, verbose: false, profile: false }, paint));
    },
    close(report) {
      if (looks === 0) return;
      erase();
      const count = changes === 1 ? '1 change' : `${changes} changes`;
      out.write(`\n${sum()}; ${count} in ${duration(report.seconds)}\n`);
    },
  };
}

import { duration, verdictLine } from './lines.ts';
import type { Output } from './output.ts';
import type { Paint } from './paint.ts';
import { eventLines } from './plain.ts';
import type { Sink } from './sink.ts';

/** Prints one line per proof as it is made, and at the end how many held. */
export function createVerdicts(out: Output, paint: Paint): Sink {
  const silent = { diff: false, verbose: false, profile: false };
  return {
    take(event, report) {
      const lines = event.type === 'verified' ? event.checks.map((v) => verdictLine(v, paint)) : eventLines(event, report, silent, paint);
      for (const line of lines) out.write(`${line}\n`);
    },
    close({ checks, seconds }, error) {
      if (checks.length === 0) return;
      const failed = checks.filter((c) => !c.passed).length;
      const words = failed === 0 ? `all ${checks.length} proofs hold` : `${failed} of ${checks.length} proofs fail`;
      out.write(`\n${paint(failed === 0 && !error ? 'green' : 'red', words)}, in ${duration(seconds)}\n`);
    },
  };
}

import type { Sink } from './sink.ts';

/** Beyond this many hosts a live screen hides more than it shows, and drawing it slows the run down. */
const FEW = 20;

/** One sink for a run over a few hosts, another for a run over many; which it is shows when the run starts. */
export function byFleetSize(few: Sink, many: Sink): Sink {
  let chosen = many;
  return {
    take(event, report) {
      if (event.type === 'start' && event.hosts.length <= FEW) chosen = few;
      chosen.take(event, report);
    },
    close: (report, error) => chosen.close(report, error),
    lend: (work) => chosen.lend?.(work) ?? work(),
  };
}

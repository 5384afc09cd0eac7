import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';

/** Proves that proxy and keepalived run, and come back at boot. */
export const judgeServices = (seen: readonly Seen[]): Verdict[] =>
  seen.flatMap(({ plan, state }) =>
    state.units.map((unit) => {
      const wrong = [
        ...(unit.running ? [] : [unit.masked ? 'is masked' : unit.exists ? 'does not run' : 'is not installed']),
        ...(unit.boot === 'disabled' ? ['is not enabled at boot'] : []),
      ];
      const passed = wrong.length === 0;
      return {
        check: `${unit.service} runs`,
        host: plan.name,
        passed,
        detail: passed ? 'and is enabled at boot' : wrong.join(' and '),
      };
    }),
  );

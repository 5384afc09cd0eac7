import type { Check } from '../cluster/checks.ts';
import type { Verdict } from '../model/event.ts';
import type { CheckRun, Seen } from './look.ts';

/** What the proof about a check of keepalived is called. */
export const checkTitle = (name: string): string => `check ${name} passes`;

/** Proves that the checks keepalived runs can be run as it runs them, end in time, and say that the node is fit. */
export const judgeChecks = (seen: readonly Seen[]): Verdict[] =>
  seen.flatMap(({ plan, state }) =>
    plan.keepalived.checks.map((check) => {
      const wrong = failure(check, state.checks[check.name]);
      return {
        check: checkTitle(check.name),
        host: plan.name,
        passed: wrong === undefined,
        detail: wrong ?? `in ${state.checks[check.name]?.seconds.toFixed(2)} s of ${check.timeout} s`,
      };
    }),
  );

/** Exit codes of timeout(1) and of the shell: 124 too late, 126 not executable, 127 not found. */
function failure({ script, timeout, purpose }: Check, run: CheckRun | undefined): string | undefined {
  if (!run) return 'it could not be run';
  if (!run.trusted) return `${script.split(' ')[0]} is missing, not executable or not root's: keepalived leaves the check out`;
  if (run.exitCode === 124 || run.seconds > timeout) return `took longer than ${timeout} s, so it always counts as failed`;
  if (run.exitCode === 0) return undefined;
  return purpose === 'maintenance' ? 'the node is in maintenance' : `failed with exit code ${run.exitCode}`;
}

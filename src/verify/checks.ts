import type { Check } from '../cluster/checks.ts';
import type { Verdict } from '../model/event.ts';
import type { CheckRun } from './check-runs.ts';
import type { Seen } from './look.ts';
import { flawOf, programOf } from './program-modes.ts';

/** What the proof about a check of keepalived is called. */
export const checkTitle = (name: string): string => `check ${name} passes`;

/** Proves that the checks keepalived runs can be run as it runs them, end in time, and say that the node is fit; and that it can notify. */
export const judgeChecks = (seen: readonly Seen[]): Verdict[] =>
  seen.flatMap(({ plan, state }) => {
    const host = plan.name;
    const checks = plan.keepalived.checks.map((check) => {
      const run = state.checks[check.name];
      const flaw = flawOf(programOf(check.script), state.programs);
      const wrong = flaw === undefined ? failure(check, run) : `${flaw}: keepalived leaves the check out`;
      const detail = wrong ?? `in ${run?.seconds.toFixed(2)} s of ${check.timeout} s`;
      return { check: checkTitle(check.name), host, passed: wrong === undefined, detail };
    });
    const files = plan.keepalived.files
      .filter((file) => file.weight === 0)
      .map(({ name, path }) => {
        const number = state.files[name] ?? 0;
        const wrong = path === plan.maintenance_file ? 'the node is in maintenance' : `${path} holds ${number}`;
        return {
          check: checkTitle(name),
          host,
          passed: number === 0,
          detail: number === 0 ? `${path} holds no other number than 0` : wrong,
        };
      });
    const mute = flawOf(plan.paths.notify, state.programs);
    const detail = mute === undefined ? plan.paths.notify : `${mute}: keepalived tells nobody of its changes of state`;
    return [...checks, ...files, { check: 'changes of state are told', host, passed: mute === undefined, detail }];
  });

/** Exit codes of timeout(1) and of the shell: 124 too late, 126 not executable, 127 not found. */
function failure({ timeout, purpose }: Check, run: CheckRun | undefined): string | undefined {
  if (!run) return 'it could not be run';
  if (run.exitCode === 124 || run.seconds > timeout) return `took longer than ${timeout} s, so it always counts as failed`;
  if (run.exitCode === 0) return undefined;
  return purpose === 'maintenance' ? 'the node is in maintenance' : `failed with exit code ${run.exitCode}`;
}

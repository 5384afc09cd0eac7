import { HostError, UnreachableError, type VipctlError } from '../model/errors.ts';
import type { Trip } from './connection.ts';
import type { Ending } from './pipe.ts';

/** A trip that ended before its last answer. */
export interface Unfinished {
  /** `late`: the host's own clock failed to end it, ours did. */
  readonly outcome: Ending | 'late';
  readonly trip: Trip;
  /** How many commands had answered. */
  readonly answered: number;
  /** How long it took. */
  readonly seconds: number;
  /** What was printed after the last answer, on each stream. */
  readonly words: readonly string[];
  readonly where: string;
}

/** Says which command did not come back, and why: the connection, the time limit, or the shell. */
export function explainEnd({ outcome, trip, answered, seconds, words, where }: Unfinished): VipctlError {
  const command = oneLine(trip.inputs[answered]?.command.shown ?? '');
  const during = command && ` during: ${command}`;
  const last = words.map(lastLine).find(Boolean);
  const hint = last && `it last printed: ${last}`;
  if (outcome === 'late' || isTimeout(outcome, seconds, trip.timeoutSeconds)) {
    return new HostError(`timed out after ${trip.timeoutSeconds} s${command && `: ${command}`}`, { hint });
  }
  if (outcome.kind === 'lost') return new UnreachableError(`lost the connection to ${where}${during} (${outcome.cause})`);
  const how = outcome.kind === 'exit' ? `exit code ${outcome.code}` : outcome.signal;
  return new HostError(`the shell ended early (${how})${during}`, { hint });
}

/** Of a script of many lines nobody learns anything. */
const oneLine = (command: string) => (command.includes('\n') ? '' : command);

/** `timeout` exits 124, or takes itself along with its SIGKILL (137); a command may die so too, but not on time. */
function isTimeout(ending: Ending, seconds: number, limit: number): boolean {
  if (ending.kind === 'lost' || seconds < limit) return false;
  return ending.kind === 'signal' || ending.code === 124 || ending.code === 137;
}

/** `Terminated` is what the shell says of a command that our own time limit ended. */
const lastLine = (text: string) =>
  text
    .trim()
    .split('\n')
    .findLast((line) => line !== 'Terminated');

import type { Emit, EventBody, Outcome, ShownChange, Verdict } from '../model/event.ts';

type OutcomeEvent = Extract<EventBody, { type: 'outcome' }>;

/** Turns the preview of a playbook into proofs: what the playbook would change is not as the inventory describes it. */
export interface Drift {
  /** Takes what the preview tells, and passes on only what is no task's. */
  readonly emit: Emit;
  verdicts(): Verdict[];
}

/** A listener between the preview of a playbook and whoever is told about the proofs. */
export function createDrift(pass: Emit): Drift {
  const names = new Map<number, string>();
  const outcomes: OutcomeEvent[] = [];
  return {
    emit(event) {
      if (event.type === 'task') names.set(event.id, event.task);
      else if (event.type === 'outcome') {
        const { host, seconds, trips } = event;
        outcomes.push(event);
        if (trips > 0) pass({ type: 'trips', host, purpose: 'verify', seconds, trips });
      } else if (event.type !== 'play' && event.type !== 'progress') pass(event);
    },
    verdicts: () => [...new Set(outcomes.map((o) => o.host))].sort().flatMap((host) => judgeDrift(host, outcomes, names)),
  };
}

/** One proof that all is as described, or one for each task that would change something; a host that is lost is told of elsewhere. */
export function judgeDrift(host: string, outcomes: readonly OutcomeEvent[], names: ReadonlyMap<number, string>): Verdict[] {
  const own = outcomes.filter((o) => o.host === host);
  if (own.some((o) => o.outcome.status === 'unreachable')) return [];
  // What is deferred waits for something that is pending, and that says it all.
  const off = own.filter(({ outcome }) => outcome.status === 'pending' || outcome.status === 'failed');
  if (off.length > 0)
    return off.map(({ id, outcome }) => ({ check: names.get(id) ?? `task ${id}`, host, passed: false, detail: words(outcome) }));
  const settled = own.filter(({ outcome }) => outcome.status === 'ok').length;
  return [{ check: 'files, rules and services are as described', host, passed: true, detail: `${settled} tasks have nothing to do` }];
}

const words = ({ message, changes }: Outcome): string =>
  [...(message === undefined ? [] : [message]), ...changes.map(difference)].join('; ');

const difference = ({ what, before, after, diff }: ShownChange) =>
  diff === undefined ? `${what}: ${before} → ${after}` : `${what} is not what the inventory renders`;

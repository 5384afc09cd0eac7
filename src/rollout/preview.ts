import { HostError, UnreachableError } from '../model/errors.ts';
import type { Emit, EventBody } from '../model/event.ts';
import type { NodeChange } from './classify.ts';

type TaskEvent = Extract<EventBody, { type: 'task' }>;
type OutcomeEvent = Extract<EventBody, { type: 'outcome' }>;

/** A listener to the preview of a playbook, that keeps what it says of each host. */
export interface Preview {
  readonly emit: Emit;
  /** The tasks that would change something on a host. Throws HostError or UnreachableError where that could not be told. */
  changesOf(host: string): NodeChange['tasks'];
}

/** Listens to a preview; `shown`: it is told as well, else only what it cost. */
export function createPreview(pass: Emit, shown: boolean): Preview {
  const tasks = new Map<number, TaskEvent>();
  const outcomes: OutcomeEvent[] = [];
  const hidden = (event: EventBody) => {
    if (event.type === 'outcome' && event.trips > 0) {
      const { host, seconds, trips } = event;
      pass({ type: 'trips', host, purpose: 'facts', seconds, trips });
    }
  };
  return {
    emit(event) {
      if (event.type === 'task') tasks.set(event.id, event);
      if (event.type === 'outcome') outcomes.push(event);
      if (event.type === 'start') pass({ ...event, check: shown });
      else if (shown || !['play', 'task', 'outcome', 'progress'].includes(event.type)) pass(event);
      else hidden(event);
    },
    changesOf(host) {
      const own = outcomes.filter((o) => o.host === host);
      for (const { outcome, id } of own) refuse(host, tasks.get(id)?.task ?? '', outcome.status, outcome);
      return own
        .filter(({ outcome }) => outcome.status === 'pending' || outcome.status === 'deferred')
        .map(({ id, outcome }) => ({ name: tasks.get(id)?.task ?? '', module: tasks.get(id)?.module ?? '', outcome }));
    },
  };
}

function refuse(host: string, task: string, status: string, { message = 'failed', hint, ignored }: OutcomeEvent['outcome']): void {
  if (status === 'unreachable') throw new UnreachableError(`${host}: ${message}`, { hint: hint ?? 'an update needs every node' });
  if (status === 'failed' && !ignored) throw new HostError(`${host}: ${task}: ${message}`, { hint });
}

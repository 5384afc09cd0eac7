import { expect, test } from 'vitest';
import { Session } from '../../../src/engine/session.ts';
import { UnreachableError } from '../../../src/model/errors.ts';
import type { Probe } from '../../../src/model/probe.ts';
import { sh } from '../../../src/shell/sh.ts';
import type { Connection } from '../../../src/transport/connection.ts';

const probe: Probe<string> = { command: sh`hostname`, parse: ({ stdout }) => stdout };
const question = { probe, become: undefined };

/** Ways to a host, each taken once: a connection that answers with a word, one that is lost on its first trip, or none. */
function sessionOver(...ways: readonly (string | Error)[]) {
  const left = [...ways];
  const connect = async (): Promise<Connection> => {
    const way = left.shift();
    if (way === undefined) throw new UnreachableError('refused');
    let trips = 0;
    return {
      get trips() {
        return trips;
      },
      async run() {
        trips += 1;
        if (typeof way !== 'string') throw way;
        return [{ exitCode: 0, stdout: way, stderr: '' }];
      },
      close: async () => undefined,
    };
  };
  return new Session({ name: 'a', groups: [], vars: {} }, connect, () => 0);
}

test('keeps a lost host lost until it is connected to again, and counts all trips', async () => {
  const session = sessionOver(new UnreachableError('lost'), 'back');
  await expect(session.answer(question)).rejects.toThrow('lost');
  await expect(session.answer(question)).rejects.toThrow('lost');
  expect(session.lost?.message).toBe('lost');
  await session.reconnect();
  expect(session.lost).toBeUndefined();
  expect(await session.answer(question)).toBe('back');
  expect(session.trips).toBe(2);
});

test('stays lost where connecting again fails, with the former reason', async () => {
  const session = sessionOver();
  await expect(session.answer(question)).rejects.toThrow('refused');
  await expect(session.reconnect()).rejects.toThrow('refused');
  expect(session.lost?.message).toBe('refused');
});

test('can be given up though nothing says that it is lost', async () => {
  const session = sessionOver('first', 'second');
  expect(await session.answer(question)).toBe('first');
  session.abandon(new UnreachableError('silent'));
  session.forget();
  await expect(session.answer(question)).rejects.toThrow('silent');
  await session.reconnect();
  expect(await session.answer(question)).toBe('second');
});

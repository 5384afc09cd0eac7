import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending, Pipe } from './pipe.ts';
import { STRAGGLER_MS } from './pipe.ts';

/** Starts a command on this machine, in a process group of its own so that Ctrl-C reaches only us. */
export async function openLocal(command: string): Promise<Pipe> {
  const child = spawn('/bin/sh', ['-c', command], { detached: true });
  const { stdin, stdout, stderr } = child;
  await once(child, 'spawn');
  const flushed = once(child, 'close');
  const ended = once(child, 'exit').then(async ([code, signal]): Promise<Ending> => {
    await Promise.race([flushed, sleep(STRAGGLER_MS, undefined, { ref: false })]);
    return typeof code === 'number' ? { kind: 'exit', code } : { kind: 'signal', signal: String(signal) };
  });
  const close = () => {
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  return { stdin, stdout, stderr, ended, close };
}

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeInput } from '../../src/engine/write.ts';
import { type Change, isDeferred, isRefused, type Plan, type Step } from '../../src/model/change.ts';
import type { Probe } from '../../src/model/probe.ts';
import { batch, batchStdin, type CommandResult, type Input } from '../../src/shell/batch.ts';
import { FrameReader, pairFrames } from '../../src/shell/frames.ts';

export interface HostOptions {
  /** Folder searched before all others, for stand-ins of programs this machine lacks. */
  readonly path?: string;
  readonly shell?: string;
}

/** Runs inputs on this machine as a host would: in its shell, framed, first failure ends them. */
export function runHere(inputs: readonly Input[], { path, shell = '/bin/sh' }: HostOptions = {}): CommandResult[] {
  const mark = randomUUID();
  const script = batch(inputs, mark, 'steps');
  const ran = spawnSync(shell, ['-c', 's=$(head -c "$1"; echo x); eval "${s%x}"', 'sh', `${Buffer.byteLength(script)}`], {
    input: Buffer.concat([Buffer.from(script), ...batchStdin(inputs)]),
    env: { ...process.env, PATH: path === undefined ? process.env.PATH : `${path}:${process.env.PATH}` },
    maxBuffer: 1 << 28,
  });
  const [stdout, stderr] = [new FrameReader(mark), new FrameReader(mark)];
  stdout.push(ran.stdout);
  stderr.push(ran.stderr);
  return pairFrames(stdout, stderr);
}

/** Asks this machine. */
export function ask<T>(probe: Probe<T>): T {
  const [result] = runHere([{ command: probe.command }]);
  if (!result) throw new Error(`no answer to ${probe.command.text}`);
  return probe.parse(result);
}

/** Performs the steps of all changes on this machine. */
export const perform = (changes: readonly Change[], options?: HostOptions): CommandResult[] =>
  runHere(
    changes.flatMap((c) => c.apply).map((step) => toInput(step)),
    options,
  );

const toInput = (step: Step): Input =>
  step.kind === 'write' ? writeInput(step.file) : { command: step.command, ...(step.stdin && { stdin: step.stdin }) };

/** The changes of a plan; throws where it is deferred or refused. */
export function changesOf(plan: Plan): readonly Change[] {
  if (isDeferred(plan)) throw new Error(`deferred: ${plan.deferred}`);
  if (isRefused(plan)) throw new Error(`refused: ${plan.refused}`);
  return plan;
}

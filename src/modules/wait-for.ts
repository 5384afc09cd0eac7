import { z } from 'zod';
import type { Step } from '../model/change.ts';
import { noQuestion } from '../model/probe.ts';
import { sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';
import { absolutePath, seconds, word } from './params.ts';
import { conditionCommand, describeCondition } from './wait-condition.ts';

/** How long a connection attempt may hold up the trip that asks about all tasks. */
const PROBE_CONNECT_SECONDS = 1;
/** What a step may take beyond the time it was told to wait. */
const GRACE_SECONDS = 30;

const params = z
  .strictObject({
    host: word
      .regex(/^[\w.:%-]+$/, { error: 'expected a host name or an address' })
      .default('127.0.0.1')
      .describe('Whose port, as the host that waits names it'),
    port: z.int().min(1).max(65535).optional().describe('TCP port to wait for'),
    path: absolutePath.optional().describe('File to wait for'),
    search_regex: z
      .string()
      .min(1)
      .optional()
      .describe('Extended regular expression (regex(7)) that a line of the file, or what the port says first, must match'),
    state: z
      .enum(['started', 'present', 'stopped', 'absent', 'drained'])
      .default('started')
      .describe('started and present, stopped and absent mean the same; drained: no open connection to the local port'),
    timeout: seconds.default(300).describe('Seconds until giving up'),
    delay: seconds.default(0).describe('Seconds to wait before looking'),
    sleep: seconds.default(1).describe('Seconds between two looks'),
    connect_timeout: z.int().positive().default(5).describe('Seconds a connection attempt may take'),
    msg: z.string().optional().describe('What to say when the time is up'),
  })
  .refine((p) => p.port === undefined || p.path === undefined, { error: 'wait_for takes either port or path' })
  .refine((p) => p.state !== 'drained' || (p.port !== undefined && p.search_regex === undefined), { error: 'state drained needs port' });

type Params = Readonly<z.infer<typeof params>>;

/** Waits until a port or a file is as wished, or for a time when neither is named. Alters nothing. */
export const waitForModule = defineModule({
  name: 'wait_for',
  params,
  check(wish) {
    if (!canBeSettled(wish)) return noQuestion;
    return { command: conditionCommand(wish, PROBE_CONNECT_SECONDS), parse: ({ exitCode }) => exitCode === 0 };
  },
  plan(wish, holds) {
    if (holds === true) return [];
    const what = isPause(wish) ? 'wait' : describeCondition(wish);
    return [{ what, before: 'not yet', after: 'so', apply: [waitStep(wish, what)], harmless: true }];
  },
});

const isPause = ({ port, path }: Params) => port === undefined && path === undefined;
/** With a delay, what holds now may be about to change. */
const canBeSettled = (wish: Params) => !isPause(wish) && wish.delay === 0;

/** Counts by the machine's uptime: the clock may be set while we wait. */
function waitStep(wish: Params, what: string): Step {
  const { timeout, delay, sleep, connect_timeout, msg } = wish;
  const timeoutSeconds = timeout + delay + GRACE_SECONDS;
  if (isPause(wish)) return { kind: 'run', command: sh`sleep ${timeout + delay}`, timeoutSeconds };
  const failure = msg ?? `waited ${timeout} s in vain for ${what}`;
  const command = sh`uptime_seconds() { read -r up rest </proc/uptime; echo "\${up%%.*}"; }
holds() { ${conditionCommand(wish, connect_timeout)}; }
printf '%s\\n' ${`vipctl: waiting up to ${timeout} s for ${what}`} >&2
sleep ${delay}
end=$(($(uptime_seconds) + ${Math.ceil(timeout)}))
until holds; do
  [ "$(uptime_seconds)" -lt "$end" ] || { printf '%s\\n' ${failure} >&2; exit 1; }
  sleep ${sleep}
done`;
  return { kind: 'run', command, timeoutSeconds };
}

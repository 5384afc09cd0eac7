// Strict clients of a cluster, in a process of their own: half of the requests over new connections, half over kept ones.
// A request fails unless a whole answer with status 200 arrives on the connection it was sent over, within 10 s; nothing is sent twice.
// Clients that wait for 200 answers send no more before one of them is there, as real ones do.
// node clients.mjs URL [--rate 500] [--kept 20]: runs until its stdin ends, then prints what it counted as JSON.
import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rate: { type: 'string', default: '500' }, kept: { type: 'string', default: '40' } },
});
const [url = ''] = positionals;
const rate = Number(values.rate);
const kept = new Agent({ keepAlive: true, maxSockets: Number(values.kept) });

const lag = monitorEventLoopDelay({ resolution: 5 });
const count = { new: 0, kept: 0, reused: 0 };
const failed = [];
const open = new Set();
/** When each connection had its last answer. */
const rested = new WeakMap();

function ask(kind) {
  const at = Date.now();
  count[kind] += 1;
  return new Promise((resolve) => {
    let idle;
    let status;
    const asked = request(url, { agent: kind === 'kept' ? kept : false });
    const fail = (error) => {
      const about = { at, kind, after: Date.now() - at, error, ...(status && { status }), ...(idle !== undefined && { idle }) };
      if (failed.at(-1)?.asked !== asked) failed.push(Object.defineProperty(about, 'asked', { value: asked, enumerable: false }));
      done();
    };
    let late;
    const done = () => {
      clearTimeout(late);
      resolve();
    };
    asked.on('socket', (socket) => {
      late = setTimeout(() => asked.destroy(Object.assign(new Error(), { code: 'LATE' })), 10_000);
      if (!rested.has(socket)) return;
      count.reused += 1;
      idle = Math.round(performance.now() - rested.get(socket));
    });
    asked.on('response', (response) => {
      status = response.statusCode;
      response.on('error', (error) => fail(error.code ?? error.message));
      response.on('end', () => {
        rested.set(asked.socket, performance.now());
        if (status === 200) done();
        else fail(`status ${status}`);
      });
      response.resume();
    });
    asked.on('error', (error) => fail(error.code ?? error.name));
    asked.end();
  });
}

// Timers are late on a busy machine: what is due is sent, so that the rate holds.
const began = performance.now();
let sent = 0;
/** Requests that were due while too many answers were. */
let held = 0;
lag.enable();
const timer = setInterval(() => {
  for (const due = ((performance.now() - began) / 1000) * rate; sent + held < due; sent += 1) {
    if (open.size >= 200) {
      held += Math.ceil(due - sent - held);
      break;
    }
    const one = ask(sent % 2 === 0 ? 'new' : 'kept').finally(() => open.delete(one));
    open.add(one);
  }
}, 2);
process.stdin.resume().on('end', async () => {
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(open);
  kept.destroy();
  const summary = {
    seconds: Math.round(seconds),
    requests: sent,
    held,
    ...count,
    perSecond: Math.round(sent / seconds),
    failed: failed.length,
  };
  process.stdout.write(`${JSON.stringify({ ...summary, lagMs: Math.round(lag.max / 1e6), failures: failed.slice(0, 200) })}\n`);
});

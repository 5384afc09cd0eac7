// Proves on lab hosts what vipctl promises of changes to running clusters, and prints the figures. Needs root.
// npm run prove -- updates|wire|transport|troubles|handovers|kills … [--rounds N]
import { parseArgs } from 'node:util';
import { described, labDown, labUp, nodes, on, startVipctl, underLoad, VIP, vipctl, watchingOwners } from './lab.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
const rounds = (usual) => Number(values.rounds ?? usual);
const say = (line) => process.stdout.write(`${line}\n`);
const PATIENT = ['--yes', '--soak', '0', '--max-outage', '20000'];
const update = (parts, ...options) => vipctl(['update', ...described(parts), ...PATIENT, ...options]);
let failures = 0;

function hold(what, holds, detail) {
  if (!holds) failures += 1;
  say(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${what}${detail === undefined ? '' : ` (${detail})`}`);
}

const counts = ({ requests, held, kept, reused, failed, seconds, perSecond, lagMs, failures: list }) =>
  `${requests} requests in ${seconds} s, ${perSecond} a second, ${kept} of them over ${reused} reuses of kept connections; ${failed} failed; ` +
  `${held} held back; clients late by ${lagMs} ms at most${list.length > 0 ? `; ${JSON.stringify(list.slice(0, 5))}` : ''}`;

const haproxy = (parts) => ({ haproxy: { maxconn: 2000, ...parts } });

/** Changes what other nodes see, under load; `withoutMs`: how long no node may hold the VIP. */
async function onTheWire(wires, withoutMs) {
  for (const parts of wires.slice(0, rounds(wires.length))) {
    const { result, owners } = await watchingOwners(() => underLoad(() => update(parts)));
    const { code, report } = result.result;
    const classes = report.notes.filter((n) => / class /.test(n)).map((n) => n.trim().slice(0, 90));
    hold(`${JSON.stringify(parts)}: class C on all nodes`, code === 0 && classes.every((n) => n.includes('class C')), classes.join('; '));
    hold(
      withoutMs === 0 ? 'one owner at every look' : `no owner for ${withoutMs} ms at most, never two`,
      (withoutMs === 0 ? owners.none === 0 : owners.longestNoneMs <= withoutMs) && owners.both === 0,
      JSON.stringify(owners),
    );
    hold('no request failed meanwhile', result.clients.failed === 0, counts(result.clients));
  }
}

const proofs = {
  /** No update at all: what the clients lose by themselves. */
  async baseline() {
    const { clients } = await underLoad(() => new Promise((resolve) => setTimeout(resolve, rounds(20) * 5000)));
    hold('clients lose nothing while nothing changes', clients.failed === 0, counts(clients));
  },

  async updates() {
    const { result, clients } = await underLoad(async () => {
      const codes = [];
      for (let i = 1; i <= rounds(20); i++) codes.push((await update(haproxy({ timeouts: { client: `${40 + i}s` } }))).code);
      return codes;
    });
    hold(
      `${result.length} updates of haproxy.cfg`,
      result.every((code) => code === 0),
      result.join(' '),
    );
    hold('no request failed meanwhile', clients.failed === 0, counts(clients));
    await update({});
  },

  async wire() {
    const vips = [`${VIP}/24`, `${VIP.replace(/\d+$/, '101')}/24`];
    const another = { auth_pass: 'another' };
    await onTheWire([{ vrrp: another }, { vrrp: another, vips }, { vrrp: { version: 3, advert_seconds: 0.1 }, vips }, { vips }, {}], 0);
  },

  /** keepalived takes addresses off while it reloads from one transport to the other, for as long as a backup would wait for adverts. */
  async transport() {
    await onTheWire([{ vrrp: { transport: 'unicast' } }, {}], 4000);
  },

  async troubles() {
    const troubles = [
      ['a configuration that is refused', haproxy({ global: ['no-such-word 1'] }), [], 1],
      ['a gate that fails', { backends: { webs: { servers: [{ group: 'webs', port: 81 }], check: { uri: '/' } } } }, [], 5],
      ['a budget that is exceeded', haproxy({ timeouts: { client: '91s' } }), ['--max-outage', '1'], 5],
    ];
    const sums = () => Promise.all(nodes.map((n) => on(n, 'sha256sum /etc/haproxy/haproxy.cfg /etc/keepalived/keepalived.conf')));
    for (const [what, parts, options, expected] of troubles) {
      const before = await sums();
      const run = () =>
        vipctl(['update', ...described(parts), '--yes', '--soak', '0', ...(options.length > 0 ? options : ['--max-outage', '20000'])]);
      const { result, clients } = await underLoad(run);
      hold(`${what}: rolled back`, result.code === expected && String(before) === String(await sums()), `exit ${result.code}`);
      hold('no request failed meanwhile', clients.failed === 0, counts(clients));
    }
  },

  async handovers() {
    const gaps = { drain: [], undrain: [] };
    const failed = { drain: 0, undrain: 0 };
    const kinds = {};
    for (let i = 0; i < rounds(10); i++)
      for (const act of ['drain', 'undrain']) {
        const { result, clients } = await underLoad(() => vipctl([act, 'lb1', ...described({})]));
        const gap = Number(/without an answer (\d+) ms/.exec(result.report.notes.join(' '))?.[1]);
        if (result.code !== 0) hold(`${act} ends well`, false, JSON.stringify(result.report.checks));
        gaps[act].push(gap);
        failed[act] += clients.failed;
        for (const f of clients.failures) kinds[`${f.kind} ${f.error}`] = (kinds[`${f.kind} ${f.error}`] ?? 0) + 1;
        say(`${act} ${i + 1}: ${gap} ms without an answer; ${counts(clients)}`);
      }
    for (const act of ['drain', 'undrain']) {
      const sorted = gaps[act].sort((a, b) => a - b);
      say(
        `${act}: longest time without an answer, of ${sorted.length}: min ${sorted[0]}, median ${sorted[sorted.length >> 1]}, max ${sorted.at(-1)} ms; ${failed[act]} requests failed`,
      );
    }
    say(`failed by kind: ${JSON.stringify(kinds)}`);
  },

  /** Kills the controller at random moments of updates of every class, and has the next run finish. */
  async kills() {
    const seen = { none: 0, one: 0, both: 0, longestNoneMs: 0 };
    let wanted = haproxy({});
    const classes = [
      ['A', (i) => ({ haproxy: { ...wanted.haproxy, timeouts: { client: `${30 + i}s` } } })],
      ['C', (i) => ({ vrrp: { auth_pass: `kill-${i}` } })],
      ['D', (i) => ({ haproxy: { ...wanted.haproxy, maxconn: 2600 - 600 * (i % 2) } })],
    ];
    let failed = 0;
    let usual = 15_000;
    for (let i = 0; i < rounds(20); i++) {
      const [name, parts] = classes[i % classes.length];
      // What was changed before stays, so that this alone makes the class.
      wanted = { ...wanted, ...parts(i) };
      const options = described(wanted);
      const { result: state, owners } = await watchingOwners(async () => {
        const { child, ended } = startVipctl(['update', ...options, ...PATIENT, '--format', 'ndjson']);
        let moment = 0;
        let began = 0;
        let timer;
        // From the first move on, for before it nothing is at stake.
        child.stdout.on('data', (text) => {
          if (began > 0 || !/"message":"1 of/.test(text)) return;
          began = Date.now();
          moment = Math.round(usual * Math.random());
          timer = setTimeout(() => child.kill('SIGKILL'), moment);
        });
        const { signal, stdout } = await ended;
        clearTimeout(timer);
        if (signal === null && began > 0) usual = Date.now() - began;
        const at = [...stdout.matchAll(/"message":"(\d+ of \d+: [^"]*)"/g)].at(-1)?.[1] ?? 'before the first move';
        const valid = await Promise.all(
          nodes.map((n) =>
            on(n, `haproxy -c -f /etc/haproxy/haproxy.cfg >/dev/null 2>&1 && sh -c 'trap "" TERM; keepalived -t' >/dev/null 2>&1; echo $?`),
          ),
        );
        const page = await fetch(`http://${VIP}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) }).then(
          (r) => r.status,
          (error) => error.message,
        );
        return { at: signal === null ? 'after its end' : at, moment, valid: valid.every((v) => v === '0'), page };
      });
      for (const key of ['none', 'one', 'both']) seen[key] += owners[key];
      seen.longestNoneMs = Math.max(seen.longestNoneMs, owners.longestNoneMs);
      const next = await vipctl(['update', ...options, ...PATIENT]);
      const proven = await vipctl(['verify', ...options]);
      const flags = (await Promise.all(nodes.map((n) => on(n, 'ls /etc/keepalived/maintenance 2>/dev/null')))).join('');
      const whole = state.valid && state.page === 200 && next.code === 0 && proven.code === 0 && flags === '';
      if (!whole) failed += 1;
      const bad = proven.report.checks.filter((c) => !c.passed).map((c) => `${c.host ?? ''} ${c.check}: ${c.detail}`);
      say(
        `kill ${i + 1}: class ${name}, after ${state.moment} ms (${state.at}): valid ${state.valid}, page ${state.page}, ` +
          `owners ${JSON.stringify(owners)}, next update ${next.code}, verify ${proven.code}${flags}${bad.length > 0 ? `; ${bad.join('; ')}` : ''}`,
      );
    }
    hold('every configuration valid, every page served, every next run converged', failed === 0, `${failed} of ${rounds(20)} did not`);
    hold('never two owners', seen.both === 0, JSON.stringify(seen));
  },
};

const chosen = positionals.length > 0 ? positionals : Object.keys(proofs);
const unknown = chosen.filter((name) => !(name in proofs));
if (unknown.length > 0) throw new Error(`no such proof: ${unknown.join(', ')}; there are ${Object.keys(proofs).join(', ')}`);
await labUp();
try {
  for (const name of chosen) {
    say(`\n${name}`);
    await proofs[name]();
  }
} finally {
  await labDown();
}
say(`\n${failures === 0 ? 'all holds' : `${failures} do not hold`}`);
process.exitCode = failures === 0 ? 0 : 1;

// The lab the proofs run on: vipctl, OpenSSH, strict clients, and a watch of who holds the VIP.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vipctl-proofs-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

export const VIP = '10.172.0.100';
const NODES = { lb1: '10.172.0.11', lb2: '10.172.0.12' };
export const nodes = Object.keys(NODES);

/** Starts a program; `ended` answers with its exit code and what it printed. */
function start(program, args, stdin = 'ignore') {
  const child = spawn(program, args, { cwd: root, stdio: [stdin, 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return { child, ended: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))) };
}

let written = 0;
/** Options for an inventory whose cluster has parts of it replaced. */
export function described(parts) {
  const cluster = {
    name: 'proofs',
    vips: [`${VIP}/24`],
    frontends: { www: { port: 80, backend: 'webs' } },
    backends: { webs: { servers: [{ group: 'webs', port: 80 }], check: { uri: '/' } } },
    haproxy: { maxconn: 2000 },
    ...parts,
  };
  const path = join(folder, `${++written}.yml`);
  writeFileSync(path, JSON.stringify({ lbs: { vars: { cluster } } }));
  return ['-i', join(here, 'hosts.yml'), '-i', path];
}

export const startVipctl = (args) => start('node', [join(root, 'dist/vipctl.js'), ...args]);

/** Runs vipctl for its JSON document. */
export async function vipctl(args) {
  const { code, stdout, stderr } = await startVipctl([...args, '--format', 'json']).ended;
  try {
    return { code, report: JSON.parse(stdout) };
  } catch {
    throw new Error(`vipctl ${args.join(' ')} ended with ${code}: ${stderr}`);
  }
}

export async function labUp() {
  await startVipctl(['lab', 'down', '-i', join(here, 'hosts.yml')]).ended;
  const { code, stderr } = await startVipctl(['lab', 'up', '-i', join(here, 'hosts.yml')]).ended;
  if (code !== 0) throw new Error(stderr);
  const { code: up } = await vipctl(['bootstrap', ...described({}), '--yes']);
  if (up !== 0) throw new Error('the bootstrap failed');
}

export const labDown = () => startVipctl(['lab', 'down', '-i', join(here, 'hosts.yml')]).ended;

const KEY = '/var/lib/vipctl/labs/proofs';
const sshArgs = (node) => [
  '-i',
  `${KEY}/id_ed25519`,
  '-o',
  `UserKnownHostsFile=${KEY}/known_hosts`,
  '-o',
  'BatchMode=yes',
  `root@${NODES[node]}`,
];
/** What a script prints on a node. */
export const on = async (node, script) => (await start('ssh', [...sshArgs(node), script]).ended).stdout.trim();

/** Does work while strict clients ask for pages; answers with what they counted. */
export async function underLoad(work, rate = 500) {
  const { child, ended } = start('node', [join(here, 'clients.mjs'), `http://${VIP}/`, '--rate', String(rate)], 'pipe');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  try {
    return { result: await work(), clients: await counted(child, ended) };
  } catch (error) {
    child.stdin.end();
    throw error;
  }
}

async function counted(child, ended) {
  child.stdin.end();
  const { stdout, stderr } = await ended;
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const SAMPLE = `i=0; while [ $i -lt 30000 ]; do read -r at _ </proc/uptime
case $(ip -o -4 addr) in *" ${VIP}/"*) echo "$at 1";; *) echo "$at 0";; esac; sleep 0.02; i=$((i + 1)); done`;

/**
 * Looks again and again, on the nodes themselves, who holds the VIP while work goes on. Lab hosts share one clock: every look at one
 * node is held against the last look at the other before it. Answers with how many looks found none, one, and both.
 */
export async function watchingOwners(work) {
  const watches = nodes.map((node) => start('ssh', [...sshArgs(node), SAMPLE]));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const result = await work();
  for (const { child } of watches) child.kill();
  const [one, other] = (await Promise.all(watches.map((w) => w.ended))).map(({ stdout }) =>
    stdout
      .split('\n')
      .filter((line) => /^\d+\.\d+ [01]$/.test(line))
      .map((line) => line.split(' ').map(Number)),
  );
  const owners = [0, 0, 0];
  let longestNone = 0;
  let since;
  let before = 0;
  for (const [at, held] of one) {
    while (other[before + 1]?.[0] <= at) before += 1;
    if (!(other[before]?.[0] <= at)) continue;
    const count = held + other[before][1];
    owners[count] += 1;
    since = count === 0 ? (since ?? at) : undefined;
    if (since !== undefined) longestNone = Math.max(longestNone, at - since);
  }
  return { result, owners: { none: owners[0], one: owners[1], both: owners[2], longestNoneMs: Math.round(longestNone * 1000) } };
}

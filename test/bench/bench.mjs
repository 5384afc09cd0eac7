// Compares vipctl with what it stands on, each pair of runs side by side so that a busy machine slows down both. Needs root.
// npm run bench -- [--rounds 9] [--inventory inventories/lab.yml] [--play PLAYBOOK, the same content for ansible-playbook]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = `${root}dist/vipctl.js`;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    inventory: { type: 'string', default: `${root}inventories/lab.yml` },
    play: { type: 'string' },
  },
});
const rounds = Number(options.rounds);

/** Runs a program to its end; answers with what it printed and how long it took (ms). */
function run(argv, input = '') {
  const [program, ...args] = argv;
  const began = performance.now();
  const child = spawn(program, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (text) => {
      output[stream] += text;
    });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ stdout: output.stdout, ms: performance.now() - began });
      else reject(new Error(`${argv.join(' ')} ended with ${code}: ${output.stderr || output.stdout}`));
    });
  });
}

const vipctl = (...args) => run(['node', cli, ...args]);
const onInventory = (command, ...args) => vipctl(command, ...args, '-i', options.inventory);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const times = (ms) => `${median(ms).toFixed(0)} ms (${Math.min(...ms).toFixed(0)}–${Math.max(...ms).toFixed(0)})`;

/** Lets two things take turns, and prints how their times compare; the ratio is the median of the pairs'. */
async function compare(title, count, [name, measure], [otherName, measureOther]) {
  const pairs = [];
  for (let i = 0; i < count; i++) pairs.push([await measure(), await measureOther()]);
  const ratio = median(pairs.map(([mine, other]) => mine / other));
  process.stdout.write(`${title}: ${ratio < 1 ? `${(1 / ratio).toFixed(1)} times faster` : `ratio ${ratio.toFixed(2)}`}
  ${name}: ${times(pairs.map(([mine]) => mine))}
  ${otherName}: ${times(pairs.map(([, other]) => other))}
  ${count} pairs, load ${loadavg()[0].toFixed(1)}\n\n`);
}

const { _meta, lbs } = JSON.parse((await onInventory('inventory', '--list')).stdout);

/** A command on one balancer, by the system's own ssh. */
function ssh(name, command, input) {
  const vars = _meta.hostvars[name];
  const common = String(vars.ansible_ssh_common_args ?? '').split(' ');
  const login = `${vars.ansible_user}@${vars.ansible_host}`;
  return run(['ssh', '-i', vars.ansible_ssh_private_key_file, ...common, '-o', 'BatchMode=yes', login, command], input);
}

const everywhere = async (work) => {
  const began = performance.now();
  await Promise.all(lbs.hosts.map(work));
  return performance.now() - began;
};

const freshLab = async () => {
  await onInventory('lab', 'down');
  await onInventory('lab', 'up');
};

const FILES = [
  '/usr/libexec/keepalived/chk_haproxy.sh',
  '/usr/libexec/keepalived/notify.sh',
  '/etc/systemd/system/haproxy.service.d/vipctl.conf',
  '/etc/systemd/system/keepalived.service.d/vipctl.conf',
  '/etc/haproxy/haproxy.cfg',
  '/etc/keepalived/keepalived.conf',
  '/etc/iptables/rules.v4',
];
const byHand = readFileSync(new URL('by-hand.sh', import.meta.url), 'utf8');

/** The script for one balancer, with the files that vipctl wrote there. */
async function scriptFor(name) {
  const files = await Promise.all(
    FILES.map(async (file) => `cat >${file} <<'END-OF-FILE'\n${(await ssh(name, `cat ${file}`)).stdout}END-OF-FILE`),
  );
  return byHand.replace(/^FILES$/m, () => files.join('\n'));
}

const scripts = new Map();
const bootstrap = async () => (await onInventory('bootstrap', '--yes')).ms;

await compare(
  'first bootstrap, proofs included, against a script by hand',
  Math.max(1, Math.floor(rounds / 4)),
  [
    'vipctl bootstrap',
    async () => {
      await freshLab();
      const ms = await bootstrap();
      for (const name of lbs.hosts) scripts.set(name, await scriptFor(name));
      return ms;
    },
  ],
  [
    'ssh HOST sh -s <SCRIPT',
    async () => {
      await freshLab();
      return everywhere((name) => ssh(name, 'sh -s', scripts.get(name)));
    },
  ],
);

await bootstrap();
const settled = ['vipctl bootstrap', bootstrap];
await compare('settled bootstrap, proofs included, against the bare logins', rounds, settled, [
  'ssh HOST true',
  () => everywhere((name) => ssh(name, 'true')),
]);
if (options.play) {
  const play = ['ansible-playbook', '-i', options.inventory, options.play];
  await run(play);
  await compare('settled bootstrap against ansible-playbook', Math.max(1, Math.floor(rounds / 3)), settled, [
    'ansible-playbook',
    async () => (await run(play)).ms,
  ]);
}
await compare(
  'vipctl --version against node',
  3 * rounds,
  ['vipctl --version', async () => (await vipctl('--version')).ms],
  ['node -e 0', async () => (await run(['node', '-e', '0'])).ms],
);

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { reportSchema } from '../../../src/report/schema.ts';
import { start, vipctl } from './vipctl.ts';

const cwd = mkdtempSync(join(tmpdir(), 'vipctl-cli-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const file = (name: string) => join(cwd, name);

/** Two hosts that are this machine, and one nobody listens on. */
writeFileSync(
  file('hosts.yml'),
  'here: { hosts: { h1: {}, h2: {} }, vars: { ansible_connection: local } }\naway: { hosts: { h3: { ansible_host: 127.0.0.1, ansible_port: 1 } } }\n',
);
let plays = 0;
function playbook(hosts: string, ...tasks: readonly object[]): string[] {
  const name = `play${plays++}.yml`;
  writeFileSync(file(name), JSON.stringify([{ name: 'P', hosts, gather_facts: false, tasks }]));
  return ['run', name, '-i', 'hosts.yml'];
}
const ok = { name: 'T', debug: { msg: 'said' } };
const bad = { name: 'T', fail: { msg: 'broken' } };
const change = { name: 'T', command: 'true' };

describe('the exit code', () => {
  it.each<[string, number, string[]]>([
    ['a run that goes well', 0, playbook('here', ok)],
    ['a change', 0, playbook('here', change)],
    ['a failed task', 1, playbook('here', bad)],
    ['bad input', 2, playbook('here', { name: 'T', dbug: {} })],
    ['pending changes', 0, [...playbook('here', change), '--check']],
    ['pending changes where they count', 3, [...playbook('here', change), '--check', '--fail-on-change']],
    ['none pending', 0, [...playbook('here', ok), '--check', '--fail-on-change']],
    ['a host out of reach', 4, playbook('away', change)],
    ['a failed and a lost host', 1, playbook('all', change, bad)],
  ])('of %s is %i', async (_, code, args) => {
    expect((await vipctl(args, { cwd })).code).toBe(code);
  });
});

describe('what a run prints', () => {
  it('is lines where nobody looks', async () => {
    const { stdout, stderr } = await vipctl(playbook('h1', ok), { cwd });
    expect(stderr).toBe('');
    expect(stdout.replace(/\d+\.\d/g, 'N')).toBe(
      [
        'play P (h1)',
        '[h1] T: ok (Ns): said',
        '',
        'host  ok  changed  pending  failed  unreachable  skipped  seconds  round trips',
        'h1     1        0        0       0            0        0      N            0',
        'ok: 0 changed on 1 host in Ns',
        '',
      ].join('\n'),
    );
  });
  it('is one JSON document on stdout, and progress on stderr', async () => {
    const { stdout, stderr } = await vipctl([...playbook('here', ok, change), '--format', 'json'], { cwd });
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ version: 1, result: 'ok', hosts: { h1: { ok: 1, changed: 1 }, h2: { ok: 1, changed: 1 } } });
    expect(stderr).toContain('[h2] T: changed');
  });
  it('is a JSON document also when the input is bad', async () => {
    const { stdout, stderr, code } = await vipctl([...playbook('here', { name: 'T', dbug: {} }), '--format', 'json'], { cwd });
    const { result, error } = reportSchema.parse(JSON.parse(stdout));
    expect([code, result, error?.exitCode]).toEqual([2, 'error', 2]);
    expect(stderr).toContain(`error: ${error?.message}\n`);
  });
  it('is a line of JSON for every event', async () => {
    const { stdout, stderr } = await vipctl([...playbook('h1', ok), '--format', 'ndjson'], { cwd });
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect([types, stderr]).toEqual([['start', 'play', 'task', 'outcome', 'end', 'result'], '']);
  });
  it('holds no secret, whatever the format', async () => {
    const leaky = playbook(
      'h1',
      { name: 'T', debug: { msg: 'it is {{db_password}}' } },
      { name: 'S', shell: 'echo {{db_password}} >&2; false' },
    );
    const runs = await Promise.all(
      ['text', 'json', 'ndjson'].map((format) =>
        vipctl([...leaky, '-e', '{"db_password": "hunter2\\"x"}', '--format', format, '-v', '--diff'], { cwd }),
      ),
    );
    for (const { code, stdout, stderr } of runs) {
      expect(code).toBe(1);
      expect(stdout).toContain('it is ***');
      expect(stdout + stderr).not.toContain('hunter2');
    }
  });
  it('is live on a terminal', async () => {
    const args = playbook('here', { name: 'Slow', shell: 'sleep 0.3' }, bad);
    const { stdout } = await vipctl(args, { cwd, terminal: true });
    expect(stdout).toContain('0 of 2 done');
    expect(stdout).toMatch(/✔.* Slow: .*2 changed/);
    expect(stdout).toMatch(/✖.* T: .*2 failed/);
    expect(stdout).toContain('[h1] failed: broken');
    expect(stdout.endsWith('\u001b[?25h')).toBe(true);
  });
});

it('goes on to its end when the reader leaves', async () => {
  const child = start(
    playbook('h1', ok, { name: 'Slow', shell: `sleep 0.3; touch ${cwd}/slow` }, { name: 'Last', shell: `touch ${cwd}/last` }),
    { cwd },
  );
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect([existsSync(file('slow')), existsSync(file('last'))]).toEqual([true, true]);
});

describe('Ctrl-C', () => {
  const waits = 'touch started; while [ ! -e go ]; do sleep 0.05; done; touch finished';
  const tasks = [
    { name: 'Wait', shell: `cd ${cwd}; ${waits}` },
    { name: 'Next', shell: `touch ${cwd}/next` },
  ];
  const appears = (name: string) => vi.waitFor(() => expect(existsSync(file(name))).toBe(true), { timeout: 20_000 });
  const clear = () => {
    for (const name of ['started', 'go', 'finished', 'next']) rmSync(file(name), { force: true });
  };

  it('once: finishes the step under way and goes no further', async () => {
    clear();
    const child = start(playbook('h1', ...tasks), { cwd });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    const ended = new Promise((resolve) => child.on('close', resolve));
    await appears('started');
    child.kill('SIGINT');
    await vi.waitFor(() => expect(Buffer.concat(output).toString()).toContain('warning: stopping once the step under way is finished'));
    writeFileSync(file('go'), '');
    expect(await ended).toBe(130);
    expect([existsSync(file('finished')), existsSync(file('next'))]).toEqual([true, false]);
    expect(Buffer.concat(output).toString()).toMatch(/^interrupted: 1 changed/m);
  });
  it('twice: leaves at once', async () => {
    clear();
    const child = start(playbook('h1', ...tasks), { cwd });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    const ended = new Promise((resolve) => child.on('close', resolve));
    await appears('started');
    child.kill('SIGTERM');
    await vi.waitFor(() => expect(Buffer.concat(output).toString()).toContain('warning: stopping'));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(existsSync(file('finished'))).toBe(false);
    writeFileSync(file('go'), '');
  });
});

describe('listing', () => {
  it('names hosts and tasks and touches nothing', async () => {
    const args = playbook('here', { name: 'First', command: `touch ${cwd}/touched`, tags: ['a'] }, { ...ok, tags: ['b'] });
    const [hosts, tasks] = await Promise.all([
      vipctl([...args, '--list-hosts'], { cwd }),
      vipctl([...args, '--list-tasks', '-t', 'a'], { cwd }),
    ]);
    expect(hosts).toEqual({ code: 0, stderr: '', stdout: 'play #1 (here): P\n  hosts (2):\n    h1\n    h2\n' });
    expect(tasks).toEqual({ code: 0, stderr: '', stdout: 'play #1 (here): P\n    First\tTAGS: [a]\n' });
    expect(existsSync(file('touched'))).toBe(false);
  });
});

it('prints the schema of its report', async () => {
  const { stdout } = await vipctl(['schema', 'report']);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { version: { const: 1 } } });
});

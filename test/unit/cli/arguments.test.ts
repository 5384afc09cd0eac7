import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { commands, nameOf } from '../../../src/cli/commands.ts';
import { vipctl } from './vipctl.ts';

const run = ['run', 'site.yml', '-i', 'lb1,lb2'];

describe('bad arguments', () => {
  it.each<[string[], string, string]>([
    [[], 'no command given', 'vipctl --help lists the commands'],
    [['rnu', 'site.yml'], 'unknown command rnu', 'did you mean run?'],
    [['frobnicate'], 'unknown command frobnicate', 'vipctl --help lists the commands'],
    [[...run, '--chek'], 'Unknown argument: chek', 'did you mean --check?'],
    [[...run, '--frobnicate'], 'Unknown argument: frobnicate', 'vipctl run --help shows its options'],
    [[...run, 'other.yml'], 'Unknown argument: other.yml', 'vipctl run --help shows its options'],
    [['run', 'site.yml'], 'Missing required argument: inventory', 'vipctl run --help shows its options'],
    [['run', '-i', 'lb1,'], 'Not enough non-option arguments: got 0, need at least 1', 'vipctl run --help shows its options'],
    [['run', 'site.yml', '-i'], 'Not enough arguments following: i', 'vipctl run --help shows its options'],
    [[...run, '--forks=abc'], '--forks takes a whole number from 1 on, not "abc"', 'vipctl run --help shows its options'],
    [[...run, '--forks', '0'], '--forks takes a whole number from 1 on, not "0"', 'vipctl run --help shows its options'],
    [[...run, '--forks=1.5'], '--forks takes a whole number from 1 on, not "1.5"', 'vipctl run --help shows its options'],
    [[...run, '-f', '1', '-f', '2'], '--forks is given 2 times, but takes one value', 'vipctl run --help shows its options'],
    [[...run, '--timeout', '1e9'], '--timeout takes a whole number from 1 on, not "1e9"', 'vipctl run --help shows its options'],
    [[...run, '--limit='], '--limit needs a value', 'vipctl run --help shows its options'],
    [[...run, '--limit', 'a', '-l', 'b'], '--limit is given 2 times, but takes one value', 'vipctl run --help shows its options'],
    [[...run, '--tags', 'a,,b'], '--tags needs a value', 'vipctl run --help shows its options'],
    [[...run, '--format', 'xml'], '--format takes text, json, ndjson, not "xml"', 'vipctl run --help shows its options'],
    [
      [...run, '--format', 'json', '--format', 'text'],
      '--format is given 2 times, but takes one value',
      'vipctl run --help shows its options',
    ],
    [[...run, '--check=maybe'], '--check takes no value, got "--check=maybe"', 'vipctl run --help shows its options'],
    [[...run, '-C=no'], '--check takes no value, got "-C=no"', 'vipctl run --help shows its options'],
    [[...run, '--no-check'], 'Unknown argument: no-check', 'vipctl run --help shows its options'],
    [[...run, '--', '--check'], '-- and arguments after it mean nothing here', 'vipctl --help lists the commands'],
    [
      ['schema', 'nope'],
      'Invalid values: Argument: name, Given: "nope", Choices: "cluster", "report", "status", "lint"',
      'vipctl schema --help shows its options',
    ],
  ])('%j', async (args, message, hint) => {
    expect(await vipctl(args)).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\nhint: ${hint}\n` });
  });
  it.each<[string[], string]>([
    [[...run, '--fail-on-change'], 'error: --fail-on-change needs --check\n'],
    [[...run, '--ask-become-pass'], 'error: cannot ask for the sudo password: this is no terminal\n'],
    [['inventory', '-i', 'lb1,'], 'error: give one of --list, --graph and --host NAME\n'],
    [['inventory', '-i', 'lb1,', '--list', '--graph'], 'error: give one of --list, --graph and --host NAME\n'],
    [
      ['bootstrap', '-i', 'lb1,'],
      'error: bootstrap changes hosts, and there is nobody to ask\nhint: add --yes, or --check to see what it would do\n',
    ],
  ])('%j', async (args, stderr) => {
    expect(await vipctl(args)).toEqual({ code: 2, stdout: '', stderr });
  });
  it('show the stack only when asked', async () => {
    const args = ['inventory', '-i', 'lb1,', '--host', 'lb2'];
    const [plain, verbose, debug] = await Promise.all([
      vipctl(args),
      vipctl([...args, '-v']),
      vipctl(args, { env: { VIPCTL_DEBUG: '1' } }),
    ]);
    expect(plain.stderr).not.toContain('    at ');
    expect(verbose.stderr).toContain('    at ');
    expect(debug.stderr).toContain('    at ');
  });
});

describe('help', () => {
  it('lists every command', async () => {
    const { code, stdout, stderr } = await vipctl(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of commands) expect(stdout).toContain(`vipctl ${command.usage}`);
  });
  it.each(commands.map(nameOf))('shows examples of %s', async (name) => {
    const { code, stdout, stderr } = await vipctl([name, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  vipctl ${name}`, 'm'));
  });
  it('tells the version', async () => {
    expect(await vipctl(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    expect(await vipctl(['run', '--version'])).toMatchObject({ code: 0, stdout: `${packageJson.version}\n` });
  });
  it('completes commands and options', async () => {
    const script = await vipctl(['completion']);
    expect(script).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('complete -o bashdefault -o default -F _vipctl_yargs_completions vipctl'),
    });
    const names = await vipctl(['--get-yargs-completions', 'vipctl', '']);
    expect(names.stdout.split('\n')).toEqual(expect.arrayContaining(commands.map(nameOf)));
    const options = await vipctl(['--get-yargs-completions', 'vipctl', 'run', '--']);
    expect(options.stdout.split('\n')).toEqual(expect.arrayContaining(['--check', '--skip-tags', '--host-key-checking']));
  });
});

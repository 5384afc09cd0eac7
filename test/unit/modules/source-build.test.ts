import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceBuildModule } from '../../../src/modules/source-build.ts';
import { sha256 } from '../../../src/shell/digest.ts';
import { changesOf, perform } from '../on-host.ts';
import { planHere } from './converge.ts';
import { complaints } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'vipctl-build-'));
afterAll(() => rmSync(folder, { recursive: true }));
const src = join(folder, 'p.tar.gz');
const prefix = join(folder, 'opt');
const MAKEFILE = `GREETING = hello
all: ; @[ "$(GREETING)" != broken ] || { echo no rule for broken; exit 1; }
\techo "$(GREETING)" >program
install: ; mkdir -p "$(DIR)" && cp program "$(DIR)/program"
`;

/** A program made by make, as a tarball has it. */
function pack(): string {
  const source = join(folder, 'p-1.0');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'Makefile'), MAKEFILE);
  spawnSync('tar', ['-C', folder, '-czf', src, 'p-1.0']);
  return `sha256:${sha256(readFileSync(src))}`;
}

describe('source_build, on this machine', () => {
  let checksum = '';
  beforeAll(() => {
    checksum = pack();
  });
  const wish = (more: object = {}) => ({ name: 'p', src, checksum, prefix, install: ['install', 'DIR=%s'], ...more });
  const plan = (more?: object) => planHere(sourceBuildModule, wish(more));
  const build = (more?: object) => perform(changesOf(plan(more))).at(-1);
  const current = () => readFileSync(join(prefix, 'current/program'), 'utf8').trim();

  it('builds, puts the build to use, and rests', () => {
    expect(changesOf(plan()).map((c) => [c.before, c.after])).toEqual([
      ['absent', 'built'],
      ['none', expect.stringMatching(/^[0-9a-f]{12}$/)],
    ]);
    expect(build()?.exitCode).toBe(0);
    expect(current()).toBe('hello');
    expect(plan()).toEqual([]);
  });

  it('builds anew for other options, and goes back to a build it has without building', () => {
    const first = readlinkSync(join(prefix, 'current'));
    build({ make: ['GREETING=goodbye'] });
    expect(current()).toBe('goodbye');
    expect(changesOf(plan()).map((c) => c.after)).toEqual([first]);
    build();
    expect(current()).toBe('hello');
  });

  it('keeps the build in use and the one before, no more', () => {
    build({ make: ['GREETING=third'] });
    build({ make: ['GREETING=fourth'] });
    expect(current()).toBe('fourth');
    expect(readdirSync(prefix)).toHaveLength(3);
  });

  it('leaves the one in use alone when a build fails, says why, and leaves nothing behind', () => {
    const failed = build({ make: ['GREETING=broken'] });
    expect([failed?.exitCode, failed?.stderr]).toEqual([
      1,
      expect.stringMatching(/no rule for broken[\s\S]*p was not built: compiling failed/),
    ]);
    expect(current()).toBe('fourth');
    expect(readdirSync('/var/tmp').filter((name) => name.startsWith('vipctl-build.'))).toEqual([]);
  });

  it('does not put a build to use that fails its validation', () => {
    const failed = build({ make: ['GREETING=bad'], validate: 'grep -q good %s/program' });
    expect([failed?.exitCode, failed?.stderr]).toEqual([1, expect.stringContaining('validating failed')]);
    expect(current()).toBe('fourth');
    expect(build({ make: ['GREETING=good'], validate: 'grep -q good %s/program' })?.exitCode).toBe(0);
    expect(current()).toBe('good');
  });

  it('unpacks nothing whose checksum is another', () => {
    const failed = build({ checksum: `sha256:${sha256('another')}` });
    expect([failed?.exitCode, failed?.stderr]).toEqual([1, expect.stringContaining('does not have the sha256:')]);
    expect(existsSync(join(prefix, 'current/program'))).toBe(true);
    expect(current()).toBe('good');
  });

  it('waits for the tarball', () => expect(plan({ src: '/nowhere/p.tar' })).toEqual({ deferred: 'there is no /nowhere/p.tar' }));

  it('needs a checksum', () =>
    expect(complaints(sourceBuildModule as never, { name: 'p', src, prefix })).toEqual([
      'checksum: Invalid input: expected string, received undefined',
    ]));
});

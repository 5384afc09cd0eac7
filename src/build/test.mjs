// `npm test`: format and lint, types, unused code, unit tests, then the end-to-end tests on lab hosts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vipctl-test-'));
const sum = { passed: 0, failed: 0 };

try {
  check('format and lint', ['biome', 'check', '--error-on-warnings', '.']);
  check('types', ['tsc']);
  check('unused code', ['knip']);
  vitest('unit', ['unit', 'cli']);
  const obstacle = whyNoLab();
  if (obstacle === undefined) vitest('end-to-end', ['e2e']);
  else skip('end-to-end', obstacle);
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed > 0 ? 1 : 0);

/** A stage that passes or fails as a whole. */
function check(stage, command) {
  const passed = run(stage, command) === 0;
  sum[passed ? 'passed' : 'failed'] += 1;
}

/** A stage of many tests; one that breaks before its tests are counted has failed. */
function vitest(stage, projects) {
  const result = join(scratch, `${stage}.json`);
  const chosen = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${result}`];
  const status = run(stage, ['vitest', 'run', '--config', 'test/vitest.config.ts', ...chosen, ...reporters]);
  const { numPassedTests = 0, numFailedTests = 0 } = readResult(result);
  sum.passed += numPassedTests;
  sum.failed += status === 0 ? numFailedTests : Math.max(1, numFailedTests);
}

function readResult(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // vitest ended without a result: its exit code counts then.
    return {};
  }
}

/** Skipped aloud; in CI nobody would hear it, so there it is a failure. */
function skip(stage, reason) {
  const fatal = process.env.CI === 'true';
  console.log(`\n── ${stage}: SKIPPED, ${reason}${fatal ? '; with CI=true that is a failure' : ''}`);
  if (fatal) sum.failed += 1;
}

function whyNoLab() {
  if (process.platform !== 'linux') return `lab hosts need Linux, this is ${process.platform}`;
  if (process.getuid() !== 0) return 'lab hosts need root (run npm test as root)';
  return undefined;
}

function run(stage, [program, ...args]) {
  console.log(`\n── ${stage}`);
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', program), args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  return status;
}

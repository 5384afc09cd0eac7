// `npm test`: format and lint, types, unused code, unit tests, then the end-to-end tests and the examples' proofs on lab hosts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'vipctl-test-'));
/** Lab hosts need root. */
const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n', '--preserve-env=CI,PATH,HOME', process.execPath];
const sum = { passed: 0, failed: 0 };

try {
  check('format and lint', ['biome', 'check', '--error-on-warnings', '.']);
  check('types', ['tsc']);
  check('unused code', ['knip']);
  vitest('unit', ['unit', 'cli']);
  const obstacle = await whyNoLab();
  for (const [stage, project] of [
    ['end-to-end', 'e2e'],
    ['systems', 'systems'],
  ]) {
    if (obstacle === undefined) vitest(stage, [project], asRoot);
    else skip(stage, obstacle);
  }
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
function vitest(stage, projects, through = []) {
  const result = join(scratch, `${stage}.json`);
  const chosen = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${result}`];
  const status = run(stage, ['vitest', 'run', '--config', 'test/vitest.config.ts', ...chosen, ...reporters], through);
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

/** Asks the lab itself. */
async function whyNoLab() {
  const outfile = join(scratch, 'prerequisites.mjs');
  await build({ absWorkingDir: root, entryPoints: ['src/lab/prerequisites.ts'], bundle: true, platform: 'node', format: 'esm', outfile });
  const { labPossible } = await import(pathToFileURL(outfile).href);
  return labPossible();
}

/** Runs an installed tool, its output shown, if need be through other programs; answers with its exit code. */
function run(stage, [tool, ...args], through = []) {
  console.log(`\n── ${stage}`);
  const [program, ...rest] = [...through, join(root, 'node_modules/.bin', tool), ...args];
  const { status, error } = spawnSync(program, rest, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  return status;
}

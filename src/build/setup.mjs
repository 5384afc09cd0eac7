// Makes a fresh clone ready to run: packages as locked, then the bundle. Plain Node: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`vipctl needs Node 20.19 or later; this is ${process.version}`);
  process.exit(2);
}
if (!isInstalled()) {
  console.error('installing the packages of package-lock.json');
  // Not `npm ci`: it refuses a lock file that leaves out what only other platforms need. `--no-save` keeps the lock file as it is.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
const { bundle } = await import('./bundle.mjs');
await bundle();

/** npm notes what it has installed only once it is done, so an interrupted installation is seen too. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, { integrity, optional }]) => path === '' || (found[path] ? found[path].integrity === integrity : optional),
  );
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(`${root}/${lockFile}`, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

// Makes a fresh clone ready to run: packages as locked, then the bundle. Plain Node: nothing is installed yet.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** npm notes what it has installed only once it is done. */
const INSTALLED = 'node_modules/.package-lock.json';
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`vipctl needs Node 20.19 or later; this is ${process.version}`);
  process.exit(2);
}
if (!isInstalled()) await install();
const { bundle } = await import('./bundle.mjs');
await bundle();

async function install() {
  console.error('installing the packages of package-lock.json');
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  // Left alone, npm would go on installing while the next attempt does.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => npm.kill(signal));
  const [status] = await once(npm, 'close');
  if (status !== 0) process.exit(status ?? 1);
}

/** Whether everything locked is there; what only other platforms need may be missing. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf(INSTALLED);
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

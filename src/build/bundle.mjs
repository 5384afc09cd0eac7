// Bundles src/bin.ts into dist/: a small entry, and all the rest in one file with its compiled code beside it.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { run } from './compiled.mjs';
import { lazyWidth } from './lazy-width.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

const shared = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  // Native add-ons of ssh2 are optional: it works without them.
  external: ['cpu-features', '*.node'],
  write: false,
};

/** Builds dist/vipctl.js. Whoever runs the former build meanwhile is not disturbed: files are replaced whole, and only when they differ. */
export async function bundle() {
  const [app] = await output({
    entryPoints: { app: 'src/cli/main.ts' },
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    plugins: [lazyWidth],
    banner: { js: "const vipctlUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'vipctlUrl' },
  });
  const code = app.path.replace(/\.cjs$/, `-${process.version}.code`);
  const [entry] = await output({
    entryPoints: { vipctl: 'src/bin.ts' },
    format: 'esm',
    plugins: [compiled(basename(app.path), basename(code))],
  });
  replace(app.path, app.contents);
  if (!existsSync(code)) replace(code, await compile(app.path));
  replace(entry.path, entry.contents);
  const kept = [app.path, code, entry.path].map((path) => basename(path));
  for (const name of readdirSync(dist)) if (!kept.includes(name)) rmSync(join(dist, name), { recursive: true });
  chmodSync(entry.path, 0o755);
}

const output = async (options) => (await build({ ...shared, ...options })).outputFiles;

/** Has the entry run the app with the code kept of it. */
const compiled = (app, code) => ({
  name: 'compiled',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/cli\/main\.ts$/ }, ({ path }) => ({ path, namespace: 'compiled' }));
    onLoad({ filter: /./, namespace: 'compiled' }, () => ({
      resolveDir: join(root, 'src/build'),
      contents: `
        import { existsSync, readFileSync } from 'node:fs';
        import { fileURLToPath } from 'node:url';
        import { run } from './compiled.mjs';
        const file = (name) => fileURLToPath(new URL(name, import.meta.url));
        const code = file(${JSON.stringify(code)});
        export const { main } = run(file(${JSON.stringify(app)}), existsSync(code) ? readFileSync(code) : undefined).exports;`,
    }));
  },
});

/** The code of all that a run needs before it contacts a host. */
async function compile(path) {
  const { exports, script } = run(path);
  const nowhere = { write: () => true, isTTY: false, on: () => undefined };
  const { signal } = new AbortController();
  const args = ['run', 'playbooks/bootstrap.yml', '-i', 'inventories/lab.yml', '--list-tasks'];
  await exports.main(args, { argv: [], root, cwd: root, env: {}, stdin: nowhere, stdout: nowhere, stderr: nowhere, signal });
  return script.createCachedData();
}

function replace(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();

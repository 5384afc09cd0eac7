// Bundles src/bin.ts into dist/: ES modules, split so that each command loads only what it needs.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyWidth } from './lazy-width.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

/** CommonJS packages expect `require` and `__dirname`, which ES modules lack. */
const banner = [
  "import { createRequire as vipctlCreateRequire } from 'node:module';",
  'const require = vipctlCreateRequire(import.meta.url);',
].join('\n');

/** Builds dist/vipctl.js. Whoever runs the former build meanwhile is not disturbed: files are replaced whole, and only when they differ. */
export async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { vipctl: 'src/bin.ts' },
    outdir: dist,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: banner },
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [lazyWidth],
    define: { __dirname: 'import.meta.dirname' },
    // Native add-ons of ssh2 are optional: it works without them.
    external: ['cpu-features', '*.node'],
    write: false,
  });
  for (const file of outputFiles) replace(file.path, file.contents);
  const kept = new Set(outputFiles.map((file) => relative(dist, file.path)));
  for (const name of readdirSync(dist, { recursive: true })) {
    if (name.endsWith('.js') && !kept.has(name)) rmSync(join(dist, name));
  }
  chmodSync(join(dist, 'vipctl.js'), 0o755);
}

function replace(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();

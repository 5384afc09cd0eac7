import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');

/** A folder imports only from folders below it (src/README.md); `bin.ts` stands on top. */
const FLOORS: readonly (readonly string[])[] = [
  ['shell'],
  ['model'],
  ['os'],
  ['facts', 'cluster'],
  ['modules'],
  ['config', 'transport', 'report'],
  ['engine'],
  ['verify', 'lab'],
  ['operate'],
  ['rollout', 'drill', 'load'],
  ['cli'],
  ['bin.ts'],
];
/** Floors on which nothing waits, knows the time, rolls dice or touches the machine. */
const PURE = 4;
const PURE_NODE_MODULES = ['node:crypto', 'node:path'];
const IMPURE =
  /\b(?:async|await|Promise|setTimeout|setInterval|fetch|performance|process|console)\b(?=[\s.(<])|\bDate\b(?=[.(])(?!\.parse\b)|\bMath\.random\b/;

/** The only places that may import a package; others are free above the pure floors. */
const DOORS: Readonly<Record<string, RegExp>> = {
  'node-ssh': /^transport\//,
  ssh2: /^transport\//,
  listr2: /^report\/console/,
  yargs: /^cli\//,
  '@inquirer/confirm': /^cli\//,
  '@inquirer/password': /^cli\//,
  handlebars: /^config\/template/,
  'js-yaml': /^config\/yaml/,
  '@marcbachmann/cel-js': /^config\/expression/,
  re2js: /^config\/expression/,
  diff: /^report\/diff/,
  autocannon: /^load\//,
  zod: /^(?:facts|cluster|modules|config|transport|report|engine|rollout|operate|verify|drill|lab|cli)\//,
  'ipaddr.js': /^(?:facts|cluster|modules|config|transport|engine|rollout|operate|verify|drill|lab|cli)\//,
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const sources = new Map(files.map((name) => [name, readFileSync(join(SRC, name), 'utf8')]));
const folderOf = (file: string) => file.split('/')[0] ?? '';
const floorOf = (file: string) => FLOORS.findIndex((folders) => folders.includes(folderOf(file)));
const importsOf = (text: string) => [...text.matchAll(/(?:\bfrom|\bimport\(|^import) ?'([^']+)'/gm)].map(([, name]) => name ?? '');
const isLocal = (name: string) => name.startsWith('.');
/** `facts/facts.ts` holds nothing but types, so its own floor may name them. */
const isShared = (target: string) => target === 'facts/facts.ts';

/** Every import of one file from another, both as paths below src. */
const edges = [...sources].flatMap(([file, text]) =>
  importsOf(text)
    .filter(isLocal)
    .map((name) => ({ file, target: normalize(join(dirname(file), name)) })),
);

describe('the house', () => {
  it('has a floor for every folder', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
  });

  it('is entered from above only', () => {
    const wrong = edges.filter(
      ({ file, target }) =>
        folderOf(file) !== folderOf(target) && !isShared(target) && !target.startsWith('..') && floorOf(target) >= floorOf(file),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('has one door for each package', () => {
    const strangers = [...sources].flatMap(([file, text]) =>
      importsOf(text)
        .filter((name) => !isLocal(name) && !name.startsWith('node:'))
        .filter((name) => !DOORS[name]?.test(file))
        .map((name) => `${file} imports ${name}`),
    );
    expect(strangers).toEqual([]);
  });

  it('is pure up to the modules', () => {
    const impure = [...sources].flatMap(([file, text]) => {
      if (floorOf(file) > PURE) return [];
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`(?:[^`\\]|\\[\s\S])*`|'(?:[^'\\\n]|\\.)*'/g, '');
      const used = IMPURE.exec(code)?.[0];
      const imported = importsOf(text).filter((name) => name.startsWith('node:') && !PURE_NODE_MODULES.includes(name));
      return [...imported, ...(used === undefined ? [] : [used])].map((what) => `${file} uses ${what}`);
    });
    expect(impure).toEqual([]);
  });

  it('touches process in bin.ts alone below the tools that need the machine', () => {
    const users = [...sources].filter(
      ([file, text]) => /\bprocess\.(?:exit|argv|stdout|stderr|stdin|on)\b/.test(text) && file !== 'bin.ts',
    );
    expect(users.map(([file]) => file)).toEqual([]);
  });

  it('has rooms one can overlook', () => {
    const long = [...sources].map(([file, text]) => [file, text.split('\n').length - 1] as const).filter(([, lines]) => lines > 250);
    expect(long).toEqual([]);
  });
});

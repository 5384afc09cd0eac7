import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ExecOptions, exec } from './exec.ts';
import type { Image, Release } from './images/image.ts';
import { type Machine, resolvConf, sourcesOf } from './machine.ts';
import { IMAGES } from './names.ts';
import type { LabOptions } from './options.ts';
import { underOverlay } from './overlay.ts';
import { writeTree } from './tree.ts';

/** The folders an image consists of, topmost first; what the cache lacks is built. */
export async function ensureImage(image: Image, machine: Machine, options: LabOptions): Promise<readonly string[]> {
  const below = isRelease(image.from) ? [] : await ensureImage(image.from, machine, options);
  const folder = join(IMAGES, `${image.name}-${keyOf(image, machine)}`);
  await mkdir(IMAGES, { recursive: true });
  if (!(await readdir(IMAGES)).includes(basename(folder))) await build(image, below, folder, machine, options);
  const now = new Date();
  await utimes(folder, now, now);
  return [folder, ...below];
}

/**
 * Removes unfinished images, and those that no lab uses and nobody has asked for in a month: other labs, and other checkouts of
 * vipctl with images of their own, share the cache.
 */
export async function pruneImages(used: readonly string[]): Promise<void> {
  const folders = (await readdir(IMAGES)).map((name) => join(IMAGES, name));
  const isIdle = async (folder: string) => folder.endsWith(PARTIAL) || (await stat(folder)).mtimeMs < Date.now() - MONTH_MS;
  for (const folder of folders) if (!used.includes(folder) && (await isIdle(folder))) await rm(folder, { recursive: true, force: true });
}

const MONTH_MS = 30 * 24 * 3600 * 1000;
const PARTIAL = '.partial';

/** Small and quick: no manuals, and no fsync per file for what can be made again. */
const dpkgOptions = [
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/locale/*',
  'force-unsafe-io',
];

const isRelease = (from: Image | Release): from is Release => 'suite' in from;

/** Changes with everything the image is made from. */
function keyOf(image: Image, machine: Machine): string {
  const from = isRelease(image.from)
    ? [image.from, sourcesOf(image.from, machine.mirrors), machine.files, machine.aptOptions]
    : keyOf(image.from, machine);
  return createHash('sha256')
    .update(JSON.stringify([{ ...image, from }, dpkgOptions]))
    .digest('hex')
    .slice(0, 12);
}

/** Builds under another name and renames at the end, so that an interrupted build is never taken for an image. */
async function build(image: Image, below: readonly string[], folder: string, machine: Machine, options: LabOptions): Promise<void> {
  const { onProgress, signal } = options;
  const place = (name: string) => join(`${folder}${PARTIAL}`, name);
  const mount = { upper: place('upper'), work: place('work'), root: place('root') };
  await rm(`${folder}${PARTIAL}`, { recursive: true, force: true });
  for (const path of [mount.upper, mount.work, mount.root, place('none')]) await mkdir(path, { recursive: true });
  const layers = below.length > 0 ? below : [place('none')];
  const container = ['systemd-nspawn', `--directory=${mount.root}`, '--register=no', '--keep-unit', '--quiet', '--pipe', '--as-pid2'];
  const environment = ['--resolv-conf=off', '--setenv=DEBIAN_FRONTEND=noninteractive'];
  const inside = (...argv: readonly string[]) =>
    whole(underOverlay(layers, mount, [...container, ...environment, '--', ...argv]), { signal });

  onProgress(`image ${image.name}: building it, once`);
  if (isRelease(image.from)) await unpack(image, image.from, mount.upper, machine, options);
  else if (image.packages.length > 0) await inside('apt-get', 'install', '-y', '--no-install-recommends', ...image.packages);
  await writeTree(mount.upper, [{ path: '/etc/resolv.conf', text: await resolvConf() }, ...machine.files, ...image.files]);
  for (const argv of image.setup) await inside(...argv);
  if (image.preload.length > 0) {
    onProgress(`image ${image.name}: fetching packages for later`);
    await inside('apt-get', 'install', '-y', '--download-only', ...image.preload);
  }
  await rename(mount.upper, folder);
  await rm(`${folder}${PARTIAL}`, { recursive: true, force: true });
}

/** Installs a release from its archive (mmdebstrap(1)), leaving apt's lists and packages in place. */
async function unpack(image: Image, release: Release, target: string, machine: Machine, { onProgress, signal }: LabOptions): Promise<void> {
  await whole(
    [
      ...['mmdebstrap', '--variant=minbase', '--mode=root', '--format=directory', '--skip=cleanup/apt'],
      ...machine.aptOptions.map((option) => `--aptopt=${option}`),
      ...dpkgOptions.map((option) => `--dpkgopt=${option}`),
      `--include=${image.packages.join(',')}`,
      ...[release.suite, target, ...sourcesOf(release, machine.mirrors)],
    ],
    { signal, onLine: (line) => onProgress(`image ${image.name}: ${line.replace(/^I: /, '')}`) },
  );
}

/** Runs a program that dies with all it started: mmdebstrap and nspawn pass no signal on (pid_namespaces(7)). */
const whole = (argv: readonly string[], options: ExecOptions) =>
  exec('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...argv], options);

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageFile } from './images/image.ts';

/** Writes files below `root`, with folders that everybody may read whatever the umask: they become the host's own. */
export async function writeTree(root: string, files: readonly ImageFile[]): Promise<void> {
  for (const { path, text, mode = 0o644 } of files) {
    const target = join(root, path);
    await ensureFolder(root, dirname(path));
    await writeFile(target, text);
    await chmod(target, mode);
  }
}

async function ensureFolder(root: string, path: string): Promise<void> {
  if (path !== '/') await ensureFolder(root, dirname(path));
  const made = await mkdir(join(root, path), { recursive: true });
  if (made !== undefined) await chmod(join(root, path), 0o755);
}

import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../../model/errors.ts';

/** What stands at a path: symbolic links followed, pipes (`<(…)` in a shell) taken for files; undefined when nothing does. */
export async function kindOf(path: string, cwd: string): Promise<'file' | 'folder' | undefined> {
  try {
    const found = await stat(resolve(cwd, path));
    if (found.isDirectory()) return 'folder';
    if (found.isFile() || found.isFIFO()) return 'file';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  }
  throw new ConfigError(`${path} is neither a file nor a folder`);
}

/** The bytes of a file; one that cannot be read is an error. */
export async function readBytes(path: string, cwd: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(cwd, path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The text of a file; one that cannot be read, is not UTF-8 or is encrypted is an error. */
export async function readText(path: string, cwd: string): Promise<string> {
  const bytes = await readBytes(path, cwd);
  if (!isUtf8(bytes)) throw new ConfigError(`${path} is not UTF-8 text`);
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith('$ANSIBLE_VAULT;')) return text;
  throw new ConfigError(`${path} is encrypted by ansible-vault, which is not supported yet`, {
    hint: `decrypt it: ansible-vault decrypt ${path}`,
  });
}

/** The names in a folder in byte order; a folder that cannot be read is an error. */
export async function listFolder(path: string, cwd: string): Promise<string[]> {
  try {
    return (await readdir(resolve(cwd, path))).sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ConfigError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : (error as Error).message;
  return new ConfigError(`cannot read ${path}: ${reason}`, { cause: error });
}

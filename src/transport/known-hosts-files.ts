import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UnreachableError } from '../model/errors.ts';
import { type HostKey, type KnownHost, knownHostLine, parseKnownHosts } from './known-hosts.ts';

/** The known_hosts files of a run, each read once. */
export class KnownHostsFiles {
  readonly #files = new Map<string, Promise<KnownHost[]>>();

  /** The entries of several files; a missing file has none, but one that cannot be read lets no host pass. */
  async read(paths: readonly string[]): Promise<KnownHost[]> {
    return (await Promise.all(paths.map((path) => this.#entries(path)))).flat();
  }

  /** Appends a key to a file (0600, in one write), unless another host of this run has done so. */
  async learn(path: string, name: string, key: HostKey, hashed: boolean): Promise<void> {
    const entries = await this.#entries(path);
    const entry = { file: path, line: entries.length + 1, names: name, ...key };
    if (entries.some((e) => e.names === name && e.key === key.key)) return;
    entries.push(entry);
    try {
      await append(path, knownHostLine(name, key, hashed ? randomBytes(20) : undefined));
    } catch (error) {
      throw new UnreachableError(`cannot record the host key of ${name} in ${path}: ${reason(error)}`, { cause: error });
    }
  }

  #entries(path: string): Promise<KnownHost[]> {
    const known = this.#files.get(path) ?? readEntries(path);
    this.#files.set(path, known);
    return known;
  }
}

async function readEntries(path: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UnreachableError(`cannot read ${path}, so no host key can be verified: ${reason(error)}`, { cause: error });
  }
}

async function append(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
    await file.write(last === '\n' ? line : `\n${line}`);
  } finally {
    await file.close();
  }
}

const reason = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error);

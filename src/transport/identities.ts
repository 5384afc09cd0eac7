import ssh2, { type ParsedKey } from 'ssh2';
import { UnreachableError } from '../model/errors.ts';
import type { KeyWish } from './endpoint.ts';
import type { KeyFile, KeyFiles } from './key-files.ts';

/** A key we can log in with. */
export interface Identity {
  /** How an operator knows it: its file, or its comment in the agent. */
  readonly shown: string;
  readonly publicKey: ParsedKey;
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
}

export interface Identities {
  readonly list: readonly Identity[];
  /** Why keys the user may be counting on are not among them. */
  readonly skipped: readonly string[];
}

type Hash = 'sha1' | 'sha256' | 'sha512';

/**
 * All keys to try, in OpenSSH's order: configured ones that the agent holds, the agent's others, those in files.
 * Throws UnreachableError when a file the user named is missing or useless.
 */
export async function gatherIdentities(wish: KeyWish, files: KeyFiles): Promise<Identities> {
  const skipped: string[] = [];
  const fromAgent = wish.agent === undefined ? [] : await readAgent(wish.agent, skipped);
  const fromFiles: Identity[] = [];
  const configured = new Set<Identity>();
  for (const path of wish.files) {
    const isNamed = wish.named.includes(path);
    const file = await files.read(path);
    const certificate = `${path}-cert.pub`;
    if (await files.read(certificate)) skipped.push(`${certificate}: certificates are not supported`);
    const held = typeof file === 'object' && fromAgent.find((identity) => file.publicKey?.equals(identity.publicKey));
    if (held) {
      configured.add(held);
    } else if (isUsable(file, files.canAsk)) {
      const publicKey = file.publicKey ?? (await file.unlock());
      fromFiles.push({ shown: path, publicKey, sign: async (data, hash) => (await file.unlock()).sign(data, hash) });
    } else if (isNamed) {
      throw new UnreachableError(`cannot use the key ${whyUseless(file, path)}`);
    } else if (file !== undefined) {
      skipped.push(whyUseless(file, path));
    }
  }
  const others = wish.only ? [] : fromAgent.filter((identity) => !configured.has(identity));
  return { list: [...configured, ...others, ...fromFiles], skipped };
}

type Found = Awaited<ReturnType<KeyFiles['read']>>;

const isUsable = (file: Found, canAsk: boolean): file is KeyFile =>
  typeof file === 'object' && (file.kind === 'plain' || (file.kind === 'encrypted' && canAsk));

function whyUseless(file: Found, path: string): string {
  if (file === undefined) return `${path}: there is no such file`;
  if (typeof file === 'string') return file;
  if (file.kind === 'public') return `${path}: a public key that the agent does not hold`;
  return `${path}: encrypted, and nobody can be asked for its passphrase (ssh-add it)`;
}

async function readAgent(socket: string, skipped: string[]): Promise<Identity[]> {
  const agent = new ssh2.OpenSSHAgent(socket);
  try {
    const keys = await new Promise<ParsedKey[]>((resolve, reject) => {
      agent.getIdentities((error, found) => (error ? reject(error) : resolve((found ?? []) as ParsedKey[])));
    });
    return keys.map((publicKey) => ({
      shown: `${publicKey.comment || publicKey.type} (agent)`,
      publicKey,
      sign: (data, hash) =>
        new Promise((resolve, reject) => {
          const done = (error: Error | null | undefined, signature: Buffer | undefined) =>
            signature ? resolve(signature) : reject(error ?? new Error('no signature'));
          agent.sign(publicKey, data, hash === undefined ? {} : { hash: hash as Hash }, done);
        }),
    }));
  } catch (error) {
    skipped.push(`the agent at ${socket} does not answer (${error instanceof Error ? error.message : String(error)})`);
    return [];
  }
}

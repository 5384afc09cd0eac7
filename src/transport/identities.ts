import ssh2, { type ParsedKey } from 'ssh2';
import { UnreachableError } from '../model/errors.ts';
import type { KeyWish } from './endpoint.ts';
import type { KeyFiles } from './key-files.ts';

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
  const configured: Identity[] = [];
  const inAgent = new Set<Identity>();
  for (const path of wish.files) {
    const file = await files.read(path);
    const held = typeof file === 'object' ? fromAgent.find((identity) => file.publicKey?.equals(identity.publicKey)) : undefined;
    if (held) inAgent.add(held);
    if (held || (file === undefined && !wish.named.includes(path))) continue;
    const useless = whyUseless(file, path, files.canAsk);
    if (useless !== undefined && wish.named.includes(path)) throw new UnreachableError(`cannot use the key ${useless}`);
    if (useless !== undefined) skipped.push(useless);
    if (useless !== undefined || typeof file !== 'object') continue;
    const publicKey = file.publicKey ?? (await file.unlock());
    configured.push({ shown: path, publicKey, sign: async (data, hash) => (await file.unlock()).sign(data, hash) });
  }
  const others = wish.only ? [] : fromAgent.filter((identity) => !inAgent.has(identity));
  return { list: [...inAgent, ...others, ...configured], skipped };
}

function whyUseless(file: Awaited<ReturnType<KeyFiles['read']>>, path: string, canAsk: boolean): string | undefined {
  if (file === undefined) return `${path}: there is no such file`;
  if (typeof file === 'string') return file;
  if (file.kind === 'public') return `${path}: a public key that the agent does not hold`;
  return file.kind === 'encrypted' && !canAsk ? `${path}: encrypted, and nobody can be asked for its passphrase (ssh-add it)` : undefined;
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

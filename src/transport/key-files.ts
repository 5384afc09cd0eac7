import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { UnreachableError } from '../model/errors.ts';
import type { Prompt } from './prompt.ts';

/** As often as ssh asks (NumberOfPasswordPrompts). */
const TRIES = 3;

/** An identity file. */
export interface KeyFile {
  readonly path: string;
  /** Absent where an old PEM file is encrypted and has no `.pub` beside it. */
  readonly publicKey: ParsedKey | undefined;
  readonly kind: 'plain' | 'encrypted' | 'public';
  /** The private key; asks for the passphrase if there is one. Throws UnreachableError. */
  unlock(): Promise<ParsedKey>;
}

/** The identity files of a run: each is read once, and its passphrase asked for once. */
export class KeyFiles {
  readonly #prompt: Prompt | undefined;
  readonly #files = new Map<string, Promise<KeyFile | string | undefined>>();

  constructor(prompt: Prompt | undefined) {
    this.#prompt = prompt;
  }

  /** Whether somebody can be asked for a passphrase. */
  get canAsk(): boolean {
    return this.#prompt !== undefined;
  }

  /** The key in a file; a text: why it cannot be used; undefined: there is no such file. */
  read(path: string): Promise<KeyFile | string | undefined> {
    const known = this.#files.get(path) ?? this.#load(path);
    this.#files.set(path, known);
    return known;
  }

  async #load(path: string): Promise<KeyFile | string | undefined> {
    const text = await readIfThere(path);
    if (text === undefined || text instanceof Error) return text && `${path}: ${text.message}`;
    const parsed = parse(text);
    if (!(parsed instanceof Error)) {
      if (!parsed.isPrivateKey()) return { path, publicKey: parsed, kind: 'public', unlock: async () => parsed };
      return { path, publicKey: parsed, kind: 'plain', unlock: async () => parsed };
    }
    if (!/passphrase/.test(parsed.message))
      return `${path}: ${/sk-(ssh|ecdsa)/.test(readableHeader(text)) ? 'security keys (FIDO) are not supported' : parsed.message}`;
    const publicText = await readIfThere(`${path}.pub`);
    const beside = typeof publicText === 'string' ? parse(publicText) : new Error('no public key');
    const publicKey = publicPart(text) ?? (beside instanceof Error ? undefined : beside);
    let unlocking: Promise<ParsedKey> | undefined;
    const unlock = () => {
      unlocking ??= this.#ask(path, text);
      return unlocking;
    };
    return { path, publicKey, kind: 'encrypted', unlock };
  }

  async #ask(path: string, text: string): Promise<ParsedKey> {
    for (let i = 0; i < TRIES; i++) {
      const answer = await this.#prompt?.(`${i === 0 ? '' : 'That is not it. '}Passphrase of ${path}`);
      if (!answer) throw new UnreachableError(`the key ${path} needs its passphrase`, { hint: 'load it into an agent: ssh-add' });
      const key = parse(text, answer.expose());
      if (!(key instanceof Error)) return key;
    }
    throw new UnreachableError(`wrong passphrase for the key ${path}`);
  }
}

function parse(text: string, passphrase?: string): ParsedKey | Error {
  const key: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase);
  return Array.isArray(key) ? (key[0] ?? new Error('no key inside')) : (key as ParsedKey | Error);
}

async function readIfThere(path: string): Promise<string | Error | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : new Error(code ?? String(error), { cause: error });
  }
}

/** The public key that an encrypted file in OpenSSH's own format carries in the clear (PROTOCOL.key in OpenSSH). */
function publicPart(text: string): ParsedKey | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\w+/=\s]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  let at = 'openssh-key-v1\0'.length;
  const readString = () => {
    const from = at + 4;
    at = from + bytes.readUInt32BE(at);
    return bytes.subarray(from, at);
  };
  for (const _ of ['cipher', 'kdf', 'kdf options']) readString();
  at += 4;
  const key = ssh2.utils.parseKey(readString());
  return key instanceof Error ? undefined : key;
}

const readableHeader = (text: string) => Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64').toString('latin1', 0, 200);

import ssh2, { type ParsedKey } from 'ssh2';
import type { Identity } from './identities.ts';

/** Signs `data` as the server wants it; `hash` only matters for RSA. */
export type Sign = (identity: Identity, data: Buffer, hash: string | undefined) => Promise<Buffer>;

type Signed = (error: Error | null, signature?: Buffer) => void;

/** All keys behind the one door the SSH library has for several: an agent. */
export class Keyring extends ssh2.BaseAgent<ParsedKey> {
  readonly #identities: readonly Identity[];
  readonly #sign: Sign;

  constructor(identities: readonly Identity[], sign: Sign) {
    super();
    this.#identities = identities;
    this.#sign = sign;
  }

  override getIdentities(done: (error: null, keys: ParsedKey[]) => void): void {
    const keys = this.#identities.map(({ publicKey }) => publicKey);
    done(null, keys);
  }

  override sign(key: ParsedKey, data: Buffer, options: unknown, done?: unknown): void {
    const { hash } = options as { hash?: string };
    const identity = this.#identities.find(({ publicKey }) => publicKey === key);
    const signing = identity ? this.#sign(identity, data, hash) : Promise.reject(new Error('a key that was not offered is wanted'));
    signing.then(
      (signature) => (done as Signed)(null, signature),
      (error: Error) => (done as Signed)(error),
    );
  }
}

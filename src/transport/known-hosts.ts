import { createHash, createHmac } from 'node:crypto';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker?: 'revoked' | 'cert-authority';
  /** Comma-separated patterns, or `|1|salt|hash`. */
  readonly names: string;
  readonly keyType: string;
  /** Base64, as it stands in the file. */
  readonly key: string;
}

/** A key as a server shows it. */
export interface HostKey {
  readonly keyType: string;
  readonly key: string;
}

/** The names a host may be recorded under. */
export interface HostNames {
  /** `host`, `[host]:port` or the HostKeyAlias. */
  readonly name: string;
  /** The bare host of `[host]:port`: a key recorded so is good for any of its ports, as OpenSSH has it. */
  readonly bare?: string;
}

export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly recorded: readonly KnownHost[] }
  | { readonly kind: 'revoked'; readonly by: KnownHost }
  | { readonly kind: 'authority'; readonly by: KnownHost };

/** Reads a known_hosts file; comments and lines that are no entries are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const words = raw.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : undefined;
    const [names, keyType, key] = words;
    if (!names || names.startsWith('#') || !keyType || !key) return [];
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return [];
    return [{ file, line: index + 1, names, keyType, key, ...(marker && { marker }) }];
  });
}

/** Judges the key a server shows. A key of another type than those recorded counts as changed. */
export function judge(entries: readonly KnownHost[], { name, bare }: HostNames, shown: HostKey): Verdict {
  const isShown = (entry: KnownHost) => entry.keyType === shown.keyType && entry.key === shown.key;
  const matching = entries.filter((entry) => matches(entry.names, name));
  const revoked = entries.find(
    (entry) => entry.marker === 'revoked' && isShown(entry) && [name, bare].some((n) => n !== undefined && matches(entry.names, n)),
  );
  if (revoked) return { kind: 'revoked', by: revoked };
  const recorded = matching.filter((entry) => entry.marker === undefined);
  if (recorded.some(isShown)) return { kind: 'known' };
  if (recorded.length > 0) return { kind: 'changed', recorded };
  const isBareKnown = (entry: KnownHost) =>
    entry.marker === undefined && isShown(entry) && bare !== undefined && matches(entry.names, bare);
  if (entries.some(isBareKnown)) return { kind: 'known' };
  const by = matching.find((entry) => entry.marker === 'cert-authority');
  return by ? { kind: 'authority', by } : { kind: 'unknown' };
}

/** The key types recorded for a host, so that its server can be asked for one of them. */
export const recordedTypes = (entries: readonly KnownHost[], { name, bare }: HostNames): string[] => [
  ...new Set(
    entries
      .filter((entry) => entry.marker === undefined && [name, bare].some((n) => n !== undefined && matches(entry.names, n)))
      .map((entry) => entry.keyType),
  ),
];

/** The line that records a key, its name hashed when the user's ssh does so (HashKnownHosts). */
export function knownHostLine(name: string, { keyType, key }: HostKey, salt?: Buffer): string {
  const names = salt ? `|1|${salt.toString('base64')}|${hashName(name, salt)}` : name;
  return `${names} ${keyType} ${key}\n`;
}

/** A key as its server sent it (RFC 4253 §6.6: the type, then the rest), in the terms of known_hosts. */
export function toHostKey(blob: Buffer): HostKey {
  return { keyType: blob.toString('latin1', 4, 4 + blob.readUInt32BE(0)), key: blob.toString('base64') };
}

/** `SHA256:…`, as ssh and ssh-keygen show it. */
export const fingerprint = ({ key }: { readonly key: string }): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;

/** Whether the names of an entry include a host: a `!` pattern that matches overrules all others. */
export function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) {
    const [, version, salt, hash] = names.split('|');
    return version === '1' && salt !== undefined && hashName(name, Buffer.from(salt, 'base64')) === hash;
  }
  const patterns = names.toLowerCase().split(',');
  const hit = (pattern: string) => wildcard(pattern).test(name.toLowerCase());
  return patterns.some(hit) && !patterns.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)));
}

const hashName = (name: string, salt: Buffer) => createHmac('sha1', salt).update(name.toLowerCase()).digest('base64');

const wildcard = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[^\w*?]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );

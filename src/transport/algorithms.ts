import type { Algorithms } from 'ssh2';

/**
 * What we offer, best first, within what the SSH library has: no SHA-1, no CBC, no DSA
 * (RFC 8332 for rsa-sha2, RFC 9142 for key exchange).
 */
const modern = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'],
  compress: ['none'],
} as const satisfies Algorithms;

/** What OpenSSH 5.3 (EL6) needs besides. */
const legacy = {
  kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1'],
  hmac: ['hmac-sha1'],
  serverHostKey: ['ssh-rsa'],
} as const satisfies Algorithms;

/** The algorithms to offer; host key types that known_hosts records come first, so that the server shows such a key. */
export function algorithms(recordedTypes: readonly string[], withLegacy: boolean): Algorithms {
  const serverHostKey = [...modern.serverHostKey, ...(withLegacy ? legacy.serverHostKey : [])];
  const isRecorded = (name: string) => recordedTypes.includes(name.startsWith('rsa-sha2') ? 'ssh-rsa' : name);
  return {
    kex: [...modern.kex, ...(withLegacy ? legacy.kex : [])],
    cipher: [...modern.cipher],
    hmac: [...modern.hmac, ...(withLegacy ? legacy.hmac : [])],
    serverHostKey: [...serverHostKey.filter(isRecorded), ...serverHostKey.filter((name) => !isRecorded(name))],
    compress: [...modern.compress],
  };
}

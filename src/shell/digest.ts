import { createHash } from 'node:crypto';

/** SHA-256 in lower-case hex, as `sha256sum` prints it. */
export const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

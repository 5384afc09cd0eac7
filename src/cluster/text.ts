import { z } from 'zod';
import { familyOf, isAddress } from './address.ts';

/** Text that stays on its line: a newline would let a value add directives of its own. */
export const line = z.string().regex(/^[^\r\n\0]+$/, 'must be one line of text');

/** One word of haproxy.cfg, in which nothing needs quotes. */
export const word = z.string().regex(/^[^\s"'#\\]+$/, 'must hold no space, quote, # or backslash');

/** A name that every program and file of the cluster can carry. */
export const name = z.string().regex(/^[A-Za-z][\w.-]*$/, 'must begin with a letter and hold only letters, digits, _ . and -');

export const port = z.int().min(1).max(65535);
export const seconds = z.number().min(0).max(86400);

/** A time as HAProxy and nginx write it: `5s`, `500ms`, `1m`. */
export const duration = z.string().regex(/^\d+(us|ms|s|m|h|d)$/, 'must be a number with a unit, such as 5s or 500ms');

export const ip = z.string().refine((text) => familyOf(text) !== undefined, 'must be an IP address');
export const network = z.string().refine(isAddress, 'must be an IP address or a network such as 10.0.0.0/24');

const VIP = /^\S+( (brd|dev|label) \S+)*$/;

/** A floating address, spelt as `ip address add` takes it. */
export const vip = z
  .string()
  .regex(VIP, 'must be written as IP/prefix [brd IP] [dev NAME] [label NAME]')
  .refine((text) => isAddress(text.split(' ')[0] ?? ''), 'must begin with an IP address such as 10.0.0.100/24')
  .describe('`IP/prefix`, and when needed `brd IP`, `dev NAME`, `label NAME`; without a prefix the address stands alone (/32, /128)');

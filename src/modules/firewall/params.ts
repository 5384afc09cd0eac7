import { z } from 'zod';
import { isAddress } from '../../cluster/address.ts';
import { protocolName } from './rule.ts';

const PORT = 'expected a port, or a range like 1000:2000';

/** An address or network; empty: any. */
export const address = z
  .string()
  .refine((text) => text === '' || isAddress(text), {
    error: ({ input }) => `expected an IP address or network, got ${JSON.stringify(input)}`,
  })
  .default('');

/** A port or range, as iptables writes it. */
export const port = z
  .union([z.int(), z.string()], { error: PORT })
  .transform((value) => String(value).replace('-', ':'))
  .refine(isPort, { error: ({ input }) => `${PORT}, got ${JSON.stringify(input)}` });

/** The name or number of a protocol; empty: any. */
export const protocol = z
  .union([z.string().regex(/^[a-z0-9-]*$/i), z.int().min(0).max(255).transform(String)], {
    error: 'expected the name or number of a protocol',
  })
  .transform(protocolName)
  .default('');

/** What a rule is called on the host. */
export const comment = z.string().regex(/^[\w .:/@,+-]{1,200}$/, { error: 'expected letters, digits, blanks and .:/@,+-_' });

export const ipVersion = z
  .literal([4, 6], { error: 'expected 4 or 6' })
  .optional()
  .describe('By default that of source or destination, else 4');

/** The protocols that have ports. */
export const hasPorts = (name: string): boolean => ['tcp', 'udp', 'sctp'].includes(name);

function isPort(text: string): boolean {
  const ends = text.split(':').map(Number);
  return ends.length <= 2 && /^\d+(:\d+)?$/.test(text) && ends.every((n) => n >= 1 && n <= 65535) && (ends[1] ?? 65535) >= (ends[0] ?? 0);
}

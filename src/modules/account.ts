import { z } from 'zod';

/** A name that useradd(8) and groupadd(8) take. */
export const accountName = z
  .string()
  .regex(/^[a-z_][\w.-]{0,31}\$?$/i, { error: ({ input }) => `expected the name of an account, got ${JSON.stringify(input)}` });

export const id = z.int().min(0).max(4294967294);

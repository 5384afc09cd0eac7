import { z } from 'zod';
import { splitWords, UnclosedQuoteError } from '../shell/words.ts';
import { isMode } from './mode.ts';

/** A path on the host: the working directory there is nobody's business, so it is absolute. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\0]*$/, { error: ({ input }) => `expected an absolute path on the host, got ${JSON.stringify(input)}` });

/** A digest of a file's content, in Ansible's spelling. */
export const checksum = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, { error: ({ input }) => `expected sha256: and 64 hexadecimal digits, got ${JSON.stringify(input)}` });

/** Text that can travel as one shell word. */
export const word = z.string().regex(/^[^\0]*$/, { error: 'expected text without NUL bytes' });

export const seconds = z.number().nonnegative();

const mode = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `quote the mode, like '0644': YAML reads it unquoted as the number ${input}`
        : "expected a mode like '0644'",
  })
  .refine(isMode, {
    error: ({ input }) => `expected an octal mode like '0644' or a symbolic one like 'u=rw,g=r', got ${JSON.stringify(input)}`,
  });

const account = z.union([word.min(1), z.int().nonnegative()]).transform(String);

/** Who owns a file and what it allows; left as it is where not given. */
export const attributes = {
  mode: mode.optional().describe("Permissions, octal in quotes ('0644') or symbolic ('u=rw,go=r')"),
  owner: account.optional().describe('User name or number that owns the file'),
  group: account.optional().describe('Group name or number of the file'),
};

/** Text that shell quoting can split into words. */
export const commandLine = z.string().check((ctx) => {
  try {
    splitWords(ctx.value);
  } catch (error) {
    if (!(error instanceof UnclosedQuoteError)) throw error;
    ctx.issues.push({ code: 'custom', message: error.message, input: ctx.value });
  }
});

/** How a file is replaced; shared by all modules that write content. */
export const replacing = {
  ...attributes,
  validate: commandLine
    .refine((text) => text.includes('%s'), { error: 'expected %s where the path of the new file belongs' })
    .optional()
    .describe('Command that must accept the new file (%s is its path) before it goes live; not run through a shell'),
  backup: z.boolean().default(true).describe('Keep the replaced file beside it, the last five, named FILE.vipctl.NUMBER.TIME~'),
};

/** Ansible's names for the path of a file. */
export const pathAliases = { dest: 'path', destfile: 'path', name: 'path' } as const;

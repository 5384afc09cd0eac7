import { posix } from 'node:path';
import { z } from 'zod';
import type { FileWish, Plan } from '../model/change.ts';
import type { Probe } from '../model/probe.ts';
import { sha256 } from '../shell/digest.ts';
import { planAttributes } from './attributes.ts';
import { planContent, wantedFile } from './content.ts';
import { type FileState, fileProbe } from './file-state.ts';
import { absolutePath, replacing } from './params.ts';

/** Parameters of the modules that put a whole file on the host. */
export const deployParams = {
  dest: absolutePath.describe('Where the file goes; in a folder, it keeps the name of its source'),
  ...replacing,
  force: z.boolean().default(true).describe('False: a file that is there already keeps its content'),
  follow: z.boolean().default(true).describe('Write through a symlink at dest rather than replace it'),
};

type Deployment = z.infer<z.ZodObject<typeof deployParams>>;

/** Asks how `dest` compares with the content; the old text is fetched only where it differs. */
export const deployProbe = ({ dest, follow }: Deployment, content: Uint8Array, name: string | undefined): Probe<FileState> =>
  fileProbe({ path: dest, follow, content: { unless: sha256(content) }, ...(name !== undefined && { into: name }) });

/** The file this comes to as far as nobody asks the host: `dest` counts as a folder only where it ends in a slash. */
export const deployedFile = (params: Deployment, content: Uint8Array, name = ''): FileWish =>
  wantedFile(params.dest.endsWith('/') ? posix.join(params.dest, name) : params.dest, { ...params, content });

/** Brings `dest` to the content, or only to its attributes where it may keep its content. */
export function planDeployment(params: Deployment, content: Uint8Array, state: FileState): Plan {
  const { entry, path } = state;
  return entry?.kind === 'file' && !params.force ? planAttributes(path, params, entry) : planContent(state, { ...params, content });
}

import { mergeVars, type ReadVars, readMapping } from './extra-vars.ts';
import { readText } from './inventory/read.ts';
import type { Play } from './play.ts';

/** Reads a play's `vars_files`, later ones above earlier ones; paths are relative to the playbook. Throws ConfigError. */
export async function loadVarsFiles(files: Play['varsFiles'], playbookDir: string): Promise<ReadVars> {
  const read: ReadVars[] = [];
  for (const { path } of files) read.push(readMapping(await readText(path, playbookDir), path));
  return mergeVars(read);
}

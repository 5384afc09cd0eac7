import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { imageNames } from './images/table.ts';
import { LABS, labPlaces } from './names.ts';

const hostState = z.object({
  address: z.string(),
  subnet: z.string(),
  gateway: z.string(),
  image: z.enum(imageNames),
  /** The image's folders this host was made over, topmost first. */
  layers: z.array(z.string()),
});
const layersOf = z.object({ hosts: z.record(z.string(), hostState.pick({ layers: true })) });
const labState = z.object({ hosts: z.record(z.string(), hostState) });

export type HostState = z.infer<typeof hostState>;
/** What a lab was made of; whether it runs is asked of the kernel. */
export type LabState = z.infer<typeof labState>;

/** What a lab's hosts were made of. One that says nothing readable says that no host is as wanted: they are made anew. */
export async function readState(lab: string): Promise<LabState> {
  return labState.safeParse(parseJson(await readText(lab))).data ?? { hosts: {} };
}

/** The image folders of all labs on this machine, those included whose images only another checkout of vipctl knows. */
export async function usedLayers(): Promise<string[]> {
  const labs = await Promise.all((await labNames()).map(async (lab) => layersOf.safeParse(parseJson(await readText(lab))).data));
  return labs.flatMap((lab) => Object.values(lab?.hosts ?? {})).flatMap((host) => host.layers);
}

/** Writes a lab's state whole or not at all. */
export async function writeState(lab: string, state: LabState): Promise<void> {
  const { folder, state: file } = labPlaces(lab);
  await mkdir(folder, { recursive: true });
  const next = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(next, `${JSON.stringify(state, null, 2)}\n`);
  await rename(next, file);
}

/** The names of all labs on this machine. */
export const labNames = (): Promise<string[]> => readdir(LABS).catch(() => []);

const readText = (lab: string): Promise<string> => readFile(labPlaces(lab).state, 'utf8').catch(() => '');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

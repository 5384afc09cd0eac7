import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError, type Position } from '../model/errors.ts';
import type { Source } from '../modules/module.ts';
import { kindOf, readBytes, readText } from './inventory/read.ts';
import type { Lookup } from './lookup.ts';
import { createTemplates, type TemplateFile, type Templates } from './template.ts';

/** The controller-side files that tasks name. */
export interface SourceFiles {
  readonly templates: Templates;
  /** The content of a file, rendered if it is a template; throws ConfigError telling where it was looked for. A file is read once. */
  load(source: Source, lookup: Lookup, where: Position | undefined): Promise<Uint8Array>;
}

export interface SourceFolders {
  /** Absent when no playbook is run. */
  readonly playbookDir?: string | undefined;
  /** The templates that come with vipctl: the last place to look. */
  readonly templates: string;
  /** Files below it are shown relative to it. */
  readonly cwd?: string | undefined;
}

/** Finds files as Ansible does: in `templates/` or `files/` beside the playbook, then beside it; last among vipctl's own templates. */
export function createSourceFiles({ playbookDir, templates: own, cwd = '/' }: SourceFolders): SourceFiles {
  const templates = createTemplates({ partial: (name, from) => readPartial(name, resolve(cwd, from), cwd) });
  const texts = new Map<string, Promise<TemplateFile>>();
  const contents = new Map<string, Promise<Uint8Array>>();

  const find = async (path: string, folder: string, where: Position | undefined): Promise<string> => {
    const beside = playbookDir === undefined ? [] : [join(playbookDir, folder, path), join(playbookDir, path)];
    const places = (isAbsolute(path) ? [path] : [...beside, join(own, path)]).map((place) => shown(place, cwd));
    for (const place of places) if ((await kindOf(place, cwd)) === 'file') return place;
    throw new ConfigError(`there is no file "${path}"`, { position: where, hint: `looked for ${places.join(', ')}` });
  };
  const readTemplate = async (path: string, where: Position | undefined): Promise<TemplateFile> => {
    const name = await find(path, 'templates', where);
    return { name, text: await readText(name, cwd) };
  };
  const readContent = async (path: string, where: Position | undefined) => readBytes(await find(path, 'files', where), cwd);

  return {
    templates,
    async load({ path, render }, lookup, where) {
      if (!render) return once(contents, path, () => readContent(path, where));
      return new TextEncoder().encode(templates.renderText(await once(texts, path, () => readTemplate(path, where)), lookup));
    },
  };
}

/** The value kept under a key, made when it is first asked for. */
function once<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = kept.get(key) ?? make();
  kept.set(key, value);
  return value;
}

/** `{{> name}}` is `name.hbs` in the folder of the template that includes it. */
function readPartial(name: string, from: string, cwd: string): TemplateFile | undefined {
  const path = join(dirname(from), `${name}.hbs`);
  try {
    return { name: shown(path, cwd), text: readFileSync(path, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return cwd === '/' || short.startsWith('..') ? path : short;
}

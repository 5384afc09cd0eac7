import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { PutFile } from '../engine/puts.ts';
import { EXIT, VipctlError } from '../model/errors.ts';
import { render as renderFiles } from '../rollout/render.ts';
import { defineCommand } from './command.ts';
import { inventoryOptions, playOptions } from './options.ts';
import { one, text } from './values.ts';

const options = {
  ...inventoryOptions,
  host: { type: 'string', requiresArg: true, coerce: one('host', text), describe: 'Only this host (or hosts of a pattern)' },
  out: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    coerce: one('out', text),
    describe: 'Write to DIR/HOST/PATH, secrets included, instead of printing',
  },
  'extra-vars': playOptions['extra-vars'],
} as const;

/** `vipctl render`: the files that bootstrap would install, without contacting a host. */
export const render = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 render -i prod.yml --host lb1', 'print the files of one host, secrets masked')
      .example('$0 render -i prod.yml --out /tmp/prod', 'write those of every host below a folder'),
  async run({ inventory, host, out, 'extra-vars': extraVars = [] }, io) {
    const warn = (message: string) => void io.stderr.write(`warning: ${io.redactor.text(message)}\n`);
    const files = await renderFiles({ inventory, host, extraVars }, { ...io, emit: (e) => e.type === 'warning' && warn(e.message) });
    if (out === undefined) for (const put of files) io.stdout.write(io.redactor.text(shown(put)));
    else for (const put of files) io.stdout.write(`${await written(put, resolve(io.cwd, out))}\n`);
    return EXIT.ok;
  },
});

function shown({ host, file, hidden }: PutFile): string {
  const owner = [file.owner, file.group].filter((name) => name !== undefined).join(':');
  const title = ['==>', `${host}:${file.path}`, file.mode, owner, '<=='].filter(Boolean).join(' ');
  const binary = file.content.includes(0) ? `(${file.content.byteLength} bytes; --out writes them)\n` : undefined;
  return `${title}\n${hidden ? '(hidden by no_log; --out writes it)\n' : (binary ?? Buffer.from(file.content).toString())}\n`;
}

/** Puts a file below the folder, with the mode it will have on the host. Answers with its path. */
async function written({ host, file }: PutFile, folder: string): Promise<string> {
  const path = join(folder, host, file.path);
  const mode = Number.parseInt(file.mode ?? '0644', 8);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content, { mode });
    // A file that was there keeps its mode otherwise.
    await chmod(path, mode);
  } catch (cause) {
    throw new VipctlError(`${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
  return path;
}

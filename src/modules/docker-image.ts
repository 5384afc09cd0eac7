import { z } from 'zod';
import { type Change, deferred, type Plan, refused, run } from '../model/change.ts';
import { lines, sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';
import { absolutePath, word } from './params.ts';

const params = z
  .strictObject({
    name: word.min(1).describe('Image with its tag or digest'),
    source: z.enum(['pull', 'load']).describe('Where it comes from: a registry, or an archive'),
    load_path: absolutePath.optional().describe('The archive on the host, as docker save makes it, for source: load'),
  })
  .refine(({ source, load_path }) => (source === 'load') === (load_path !== undefined), {
    path: ['load_path'],
    error: 'source: load needs load_path, and no other source takes it',
  });
type Params = z.infer<typeof params>;

/** What every engine and archive tells alike of an image (ids are not: they differ by the engine's way of storing). */
interface Picture {
  readonly layers: string;
  readonly created: number;
}

interface State {
  readonly docker: boolean;
  /** The image on the host, and the one in the archive. */
  readonly present: Picture | undefined;
  readonly archived: Picture | undefined;
  /** Tags the archive holds. */
  readonly tags: readonly string[];
}

/** An image that containers can be made of. */
export const dockerImageModule = defineModule<Params, State>({
  name: 'docker_image',
  params,

  check: ({ name, load_path }) => ({
    command: lines(
      sh`command -v docker >/dev/null || exit 0`,
      sh`echo docker; printf 'image '; docker image inspect --format ${'{"created":{{json .Created}},"diff_ids":{{json .RootFS.Layers}}}'} -- ${name} 2>/dev/null | head -n 1; echo`,
      ...(load_path === undefined ? [] : [sh`a=${load_path}; [ ! -f "$a" ] || { ${READ_ARCHIVE}; }`]),
    ),
    parse: ({ stdout }) => ({
      docker: /^docker$/m.test(stdout),
      present: picture(/^image (.*)$/m.exec(stdout)?.[1]),
      archived: picture(/^archive (.*)$/m.exec(stdout)?.[1]),
      tags: [...(/^tags (.*)$/m.exec(stdout)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(([, tag]) => tag ?? ''),
    }),
  }),

  reads: ({ load_path }) => (load_path === undefined ? [] : [load_path]),

  plan({ name, source, load_path = '' }, { docker, present, archived, tags }): Plan {
    if (!docker) return deferred('there is no docker');
    const change = (after: string, command: Change['apply'][number]): Change[] => [
      { what: `image ${name}`, before: present ? 'another' : 'absent', after, apply: [command] },
    ];
    if (source === 'pull') return present ? [] : change('pulled', run(sh`docker pull --quiet -- ${name}`));
    if (!archived) return deferred(`there is no image archive ${load_path}`);
    if (!tags.includes(name)) return refused(`the archive holds ${tags.join(', ') || 'no tag'}, not ${name}`);
    return present?.layers === archived.layers && present.created === archived.created
      ? []
      : change(`loaded from ${load_path}`, run(sh`docker load --quiet --input ${load_path}`));
  },
});

/** The manifest names the tags and the file that lists the layers (Docker image specification v1.2). */
const READ_ARCHIVE = sh`m=$(tar -xOf "$a" manifest.json) && printf 'tags %s\\n' "$(printf %s "$m" | sed -n 's/.*"RepoTags":\\(\\[[^]]*\\]\\).*/\\1/p')"
c=$(printf %s "$m" | sed -n 's/.*"Config":"\\([^"]*\\)".*/\\1/p') && printf 'archive ' && tar -xOf "$a" "$c" | tr -d '\\n '; echo`;

function picture(json = ''): Picture | undefined {
  const layers = /"diff_ids":(\[[^\]]*\])/.exec(json)?.[1];
  const created = /"created":"([^"]*)"/.exec(json)?.[1];
  return layers === undefined || created === undefined ? undefined : { layers, created: Date.parse(created) };
}

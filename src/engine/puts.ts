import type { Playbook } from '../config/play.ts';
import type { FileWish } from '../model/change.ts';
import { flatten, handedDown } from './inherit.ts';
import { holds, parameters, scopes } from './prepare.ts';
import { hostsOf, loadPlay } from './run.ts';
import { chosen } from './tags.ts';
import type { World } from './world.ts';

/** A file that a playbook puts on a host as a whole. */
export interface PutFile {
  readonly host: string;
  readonly file: FileWish;
  /** The task says `no_log`: its content is not to be shown. */
  readonly hidden: boolean;
}

/** The files a playbook puts on its hosts, in its order, told without contacting any. Throws ConfigError for what only a host can tell. */
export async function putFiles(world: World, playbook: Playbook): Promise<PutFile[]> {
  const files: PutFile[] = [];
  for (const play of playbook.plays) {
    const hosts = hostsOf(world, play.hosts);
    const loaded = await loadPlay(world, playbook, play, hosts);
    const tasks = flatten(play.tasks, handedDown(play)).filter((t) => chosen(t.tags, world.options.tags, world.options.skipTags));
    for (const run of hosts)
      for (const task of tasks) {
        const module = world.modules.get(task.module);
        if (module?.kind !== 'host' || !module.puts) continue;
        for (const { lookup } of scopes(world, run, loaded, task)) {
          if (!holds(task.when, lookup)) continue;
          const params = parameters(world, task, module, lookup);
          const source = module.source?.(params);
          const content = source && (await world.files.load(source, lookup, task.where));
          files.push({ host: run.host.name, file: module.puts(params, { ...(content && { content }) }), hidden: task.noLog === true });
        }
      }
  }
  return files;
}

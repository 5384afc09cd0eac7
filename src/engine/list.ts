import type { Inventory } from '../config/inventory/inventory.ts';
import { selectHosts } from '../config/inventory/patterns.ts';
import type { Playbook } from '../config/play.ts';
import { flatten, handedDown } from './inherit.ts';
import { chosen } from './tags.ts';

/** What `--list-hosts` prints: the hosts of each play. */
export const listHosts = (playbook: Playbook, inventory: Inventory, limit: string | undefined): string[] =>
  playbook.plays.flatMap((play, i) => {
    const hosts = selectHosts(inventory, play.hosts, limit);
    return [`play #${i + 1} (${play.hosts}): ${play.name}`, `  hosts (${hosts.length}):`, ...hosts.map((h) => `    ${h.name}`)];
  });

/** What `--list-tasks` prints: the tasks of each play that the tags choose, with their tags. */
export const listTasks = (playbook: Playbook, only: readonly string[], skip: readonly string[]): string[] =>
  playbook.plays.flatMap((play, i) => {
    const tasks = flatten(play.tasks, handedDown(play)).filter((t) => chosen(t.tags, only, skip));
    return [`play #${i + 1} (${play.hosts}): ${play.name}`, ...tasks.map((t) => `    ${t.name}\tTAGS: [${t.tags.join(', ')}]`)];
  });

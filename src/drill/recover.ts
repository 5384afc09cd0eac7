import { atHosts, type InventoryRequest, type Telling } from '../engine/launch.ts';
import { run } from '../model/change.ts';
import { EXIT, HostError, VipctlError } from '../model/errors.ts';
import { release, undo } from './dead-man.ts';
import { journalOf, settled } from './precheck.ts';
import { setStage } from './stage.ts';

/** Ends an interrupted drill by what it left on the hosts, and waits until the cluster is whole. Throws where it does not become so. */
export const recover = (request: InventoryRequest, io: Telling, tell: (line: string) => void): Promise<void> =>
  atHosts({ ...request, check: false }, io, async (world) => {
    const stage = await setStage(world);
    for (const actor of stage.actors) {
      const journal = await journalOf(actor);
      if (!journal) continue;
      const results = await actor.session.perform([run(undo), run(release(journal.id ?? ''))], actor.as);
      const failed = results.find((r) => r.exitCode !== 0);
      if (failed) throw new HostError(`${actor.name}: ${journal.scenario ?? 'a drill'} could not be taken back: ${failed.stderr.trim()}`);
      tell(`${actor.name}: ${journal.scenario ?? 'a drill that had just begun'} is taken back`);
    }
    const { troubles } = await settled(world, stage);
    if (troubles.length > 0) throw new VipctlError(`the cluster is not whole: ${troubles.join('; ')}`, { exitCode: EXIT.verification });
    tell(`cluster ${stage.spec.name} is whole: one owner for each VIP, every node fit`);
  });

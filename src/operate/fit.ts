import type { Seen } from '../verify/look.ts';
import { flawOf, programOf } from '../verify/program-modes.ts';

/** Why a node could not take an address over now; empty when it could. */
export function unfitness({ plan, state }: Seen): string[] {
  const stopped = state.units.filter((u) => !u.running).map((u) => `${u.id.replace(/\.service$/, '')} does not run`);
  const failing = plan.keepalived.checks
    .filter((c) => c.weight === 0 && (state.checks[c.name]?.exitCode !== 0 || flawOf(programOf(c.script), state.programs) !== undefined))
    .map((c) => (c.purpose === 'maintenance' ? 'it is out for maintenance' : `its check ${c.name} fails`));
  return [...stopped, ...failing];
}

/** The nodes that could take over from one, and of the others why not. */
export function heirs(seen: readonly Seen[], node: string): { readonly fit: readonly string[]; readonly unfit: readonly string[] } {
  const others = seen.filter((s) => s.plan.name !== node).map((s) => ({ name: s.plan.name, reasons: unfitness(s) }));
  return {
    fit: others.filter((o) => o.reasons.length === 0).map((o) => o.name),
    unfit: others.filter((o) => o.reasons.length > 0).map((o) => `${o.name}: ${o.reasons.join(', ')}`),
  };
}

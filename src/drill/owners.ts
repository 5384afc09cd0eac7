/** A VIP that came to a node or left it, in ms of the controller's clock. */
export interface Sighting {
  readonly at: number;
  readonly node: string;
  readonly vip: string;
  readonly held: boolean;
}

/** A node holding a VIP; an open end is the end of the watch. */
export interface Tenure {
  readonly node: string;
  readonly from: number;
  readonly to: number;
}

/** Who held a VIP when, in order of beginning; what lasts is closed at `end`. */
export function tenures(sightings: readonly Sighting[], vip: string, end: number): Tenure[] {
  const own = sightings.filter((s) => s.vip === vip).sort((a, b) => a.at - b.at);
  return [...new Set(own.map((s) => s.node))].flatMap((node) => tenuresOf(node, own, end)).sort((a, b) => a.from - b.from);
}

function tenuresOf(node: string, sightings: readonly Sighting[], end: number): Tenure[] {
  const result: Tenure[] = [];
  let from: number | undefined;
  for (const { at, held } of sightings.filter((s) => s.node === node)) {
    if (held) from ??= at;
    else if (from !== undefined) {
      result.push({ node, from, to: at });
      from = undefined;
    }
  }
  return from === undefined ? result : [...result, { node, from, to: end }];
}

/** Who held the VIP at a moment. */
export const ownersAt = (tenancy: readonly Tenure[], at: number): string[] =>
  tenancy.filter((t) => t.from <= at && at < t.to).map((t) => t.node);

/** Those whose tenure lasts to the end of the watch. */
export const ownersAtEnd = (tenancy: readonly Tenure[], end: number): string[] => tenancy.filter((t) => t.to >= end).map((t) => t.node);

/** The first time after `from` that a node other than `node` got the VIP. */
export const nextOwner = (tenancy: readonly Tenure[], node: string, from: number): Tenure | undefined =>
  tenancy.find((t) => t.node !== node && t.from >= from);

/** The longest stretch within a window during which two or more nodes held the VIP, in ms. */
export function longestDouble(tenancy: readonly Tenure[], window: { readonly from: number; readonly to: number }): number {
  const marks = [...new Set([window.from, window.to, ...tenancy.flatMap((t) => [t.from, t.to])])]
    .filter((t) => t >= window.from && t <= window.to)
    .sort((a, b) => a - b);
  let longest = 0;
  let since: number | undefined;
  for (const at of marks) {
    const double = at < window.to && ownersAt(tenancy, at).length > 1;
    if (double) since ??= at;
    else if (since !== undefined) {
      longest = Math.max(longest, at - since);
      since = undefined;
    }
  }
  return longest;
}

/** Cuts hosts into batches by `serial`; the last size repeats, none means one batch, a share never rounds to an empty batch. */
export function batches<T>(hosts: readonly T[], sizes: readonly (number | `${number}%`)[]): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < hosts.length; ) {
    const size = sizes[Math.min(result.length, sizes.length - 1)];
    const count = size === undefined ? hosts.length : inHosts(size, hosts.length);
    result.push(hosts.slice(at, at + count));
    at += count;
  }
  return result;
}

const inHosts = (size: number | `${number}%`, all: number) =>
  Math.max(1, typeof size === 'number' ? size : Math.floor((all * Number.parseFloat(size)) / 100));

/** Runs `work` over all items, at most `limit` at a time; results keep the order. Rejects with the first error once all have ended. */
export async function pooled<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const lane = async () => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, lane));
  const failed = lanes.find((l) => l.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}

import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tally } from './http.ts';
import { describeSystem } from './system.ts';

const VIP = '10.102.0.100';
const vip = { address: VIP, port: 80, protocol: 'http' } as const;
/** A repaired node that preempts does so once three adverts and its skew have gone by (RFC 3768 §6.1): 3.06 s here. */
const LONGER_THAN_A_PREEMPTION_MS = 6_000;

describeSystem('nginx-pair', {}, ({ on, owners, becomesOwner, moves, power }) => {
  const states = (host: string) => on(host, 'journalctl -t vipctl-notify --output cat --no-pager | grep -o "state=.* "');
  const roles = async () => ((await owners(VIP))[0] === 'lb1' ? (['lb1', 'lb2'] as const) : (['lb2', 'lb1'] as const));
  const staysWith = async (host: string) => {
    for (const until = Date.now() + LONGER_THAN_A_PREEMPTION_MS; Date.now() < until; await setTimeout(250))
      expect(await owners(VIP)).toEqual([host]);
  };

  test('spreads requests over the web servers', async () => {
    const { web1 = 0, web2 = 0 } = await tally(`http://${VIP}/`, 20);
    expect(web1 + web2).toBe(20);
    // Each worker of nginx takes turns of its own.
    expect(Math.abs(web1 - web2)).toBeLessThanOrEqual(4);
  });

  // Without preemption the node that starts first has the VIP first.
  test('moves the VIP when nginx stops, and leaves it there when nginx is back', async () => {
    const [active, other] = await roles();
    await moves(vip, other, 'nginx stopped', () => on(active, 'systemctl stop nginx'));
    await becomesOwner(VIP, other);
    await on(active, 'systemctl start nginx');
    await expect.poll(() => states(active)).toMatch(/state=MASTER\s+state=FAULT\s+state=BACKUP\s*$/);
    await staysWith(other);
  });

  test('moves the VIP when the node that has it loses power, and leaves it there when the node is back', async () => {
    const [active, other] = await roles();
    await moves(vip, other, 'power cut', () => power(active, 'cut'));
    await power(active, 'on');
    await expect.poll(() => on(active, 'systemctl is-active nginx keepalived')).toBe('active\nactive');
    await expect.poll(() => states(active)).toMatch(/state=BACKUP\s*$/);
    await staysWith(other);
  });
});

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

  test('moves the VIP when nginx stops, and leaves it there when nginx is back', async () => {
    expect(await owners(VIP)).toEqual(['lb1']);
    await moves(vip, 'lb2', 'nginx stopped', () => on('lb1', 'systemctl stop nginx'));
    await becomesOwner(VIP, 'lb2');
    await on('lb1', 'systemctl start nginx');
    await expect.poll(() => states('lb1'), { timeout: 30_000 }).toMatch(/state=MASTER\s+state=FAULT\s+state=BACKUP/);
    await staysWith('lb2');
  });

  test('moves the VIP when the node that has it loses power, and leaves it there when the node is back', async () => {
    await moves(vip, 'lb1', 'power cut', () => power('lb2', 'cut'));
    await power('lb2', 'on');
    await expect.poll(() => on('lb2', 'systemctl is-active nginx keepalived'), { timeout: 30_000 }).toBe('active\nactive');
    await expect.poll(() => states('lb2'), { timeout: 30_000 }).toMatch(/state=BACKUP\s*$/);
    await staysWith('lb1');
  });
});

import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tally } from './http.ts';
import { smtpSink } from './smtp-sink.ts';
import { describeSystem } from './system.ts';

const VIP = '10.102.0.100';
const vip = { address: VIP, port: 80, protocol: 'http' } as const;
/** A repaired node that preempts does so once three adverts and its skew have gone by (RFC 3768 §6.1): 3.06 s here. */
const LONGER_THAN_A_PREEMPTION_MS = 6_000;

describeSystem('nginx-pair', { application: 'mail-through-relay.yml' }, ({ spec, on, owners, becomesOwner, moves, power }) => {
  let sink: Awaited<ReturnType<typeof smtpSink>>;
  beforeAll(async () => {
    sink = await smtpSink(spec.gateway, 2525);
  });
  afterAll(() => sink.close());

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

  test("mails who became what and when through the node's own sendmail", async () => {
    const [active, other] = await roles();
    const mail = (host: string, state: string) => sink.mails.find((m) => m.text.includes(`Subject: site: ${host} is ${state} of site`));
    await expect
      .poll(() => mail(active, 'MASTER'))
      .toMatchObject({ from: 'site@example.com', to: ['ops@example.com', 'night@example.com'] });
    expect(mail(active, 'MASTER')?.text).toMatch(
      new RegExp(`^${active} \\([\\d.]+\\) became MASTER of VRRP instance site at \\d{4}-\\d\\d-\\d\\d [\\d:]{8} [+-]\\d{4}\\.`, 'm'),
    );
    await expect.poll(() => mail(other, 'FAULT')?.text).toContain(`To: night@example.com`);
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

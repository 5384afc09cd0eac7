import { afterAll, beforeAll, expect, test } from 'vitest';
import { get } from './http.ts';
import { smtpSink } from './smtp-sink.ts';
import { describeSystem } from './system.ts';

const BLUE = Array.from({ length: 24 }, (_, i) => `10.105.0.${101 + i}`);
const GREEN = '10.105.0.201';
const [FIRST = ''] = BLUE;
const vip = { address: FIRST, port: 80, protocol: 'http' } as const;
const FLAG = '/etc/keepalived/down';

describeSystem('estate', {}, (system) => {
  const { on, becomesOwner, moves, power } = system;
  let sink: Awaited<ReturnType<typeof smtpSink>>;
  beforeAll(async () => {
    sink = await smtpSink(system.spec.gateway, 2525);
  });
  afterAll(() => sink.close());

  /** Who answers on each address. */
  const served = async () => Promise.all([...BLUE, GREEN].map(async (a) => (await get(`http://${a}/`)).headers['x-served-by']));
  const all = (blue: string, green: string) => [...BLUE.map(() => blue), green];
  /** The subjects of the mails to both receivers. */
  const subjects = () => sink.mails.flatMap(({ to, text }) => (to.length === 2 ? (/^Subject: (.*)$/m.exec(text)?.[1] ?? []) : []));
  const notified = (host: string) => on(host, 'journalctl -t vipctl-notify --output cat --no-pager');
  const stats = () => get(`http://${FIRST}:8089/stats`, { headers: { authorization: `Basic ${btoa('admin:s3cret')}` } });
  const pidOnPage = async () =>
    /pid = <\/b>\s*(\d+)|pid = (\d+)/
      .exec((await stats()).text)
      ?.slice(1)
      .find(Boolean);

  test('gives each of 25 addresses one owner, each balancer the master of one group', async () => {
    const held = (host: string) => on(host, "ip -o -4 address | grep -o 'inet 10.105.0.[0-9]*/24' | cut -c6- | grep -v '[.]1[12]/' | sort");
    expect(await held('lb1')).toBe(BLUE.map((a) => `${a}/24`).join('\n'));
    expect(await held('lb2')).toBe(`${GREEN}/24`);
    expect(await served()).toEqual(all('lb1', 'lb2'));
  });

  test('has its scripts where only root may change them, and the packages it asks for', async () => {
    for (const host of ['lb1', 'lb2']) {
      const scripts = await on(host, 'cd /usr/libexec/keepalived && stat -c "%n %U:%G %a" . *.sh');
      expect(scripts.split('\n')).toEqual(['. root:root 755', 'chk_haproxy.sh root:root 755', 'notify.sh root:root 755']);
      expect(await on(host, 'command -v ipvsadm')).toBe('/usr/sbin/ipvsadm');
    }
  });

  test('tells by mail and in the journal who became what', async () => {
    await expect
      .poll(subjects, { timeout: 30_000 })
      .toEqual(expect.arrayContaining([expect.stringMatching(/lb1.*blue.*MASTER/), expect.stringMatching(/lb2.*green.*MASTER/)]));
    expect(sink.mails[0]).toMatchObject({ from: 'keepalived@example.com', to: ['ops@example.com', 'night@example.com'] });
    expect(await notified('lb1')).toContain('cluster=estate node=lb1 instance=blue state=MASTER priority=250');
  });

  test('hands everything over while the maintenance flag is up, and the statistics page with it', async () => {
    const before = await pidOnPage();
    expect((await on('lb1', 'pgrep -x haproxy')).split('\n')).toContain(before);
    await moves(vip, 'lb2', 'maintenance flag', () => on('lb1', `touch ${FLAG}`));
    await becomesOwner(FIRST, 'lb2');
    expect(await served()).toEqual(all('lb2', 'lb2'));
    expect((await on('lb2', 'pgrep -x haproxy')).split('\n')).toContain(await pidOnPage());
    await expect.poll(() => notified('lb1')).toContain('instance=blue state=FAULT');
    await expect.poll(subjects, { timeout: 30_000 }).toContainEqual(expect.stringMatching(/lb2.*blue.*MASTER/));
    await on('lb1', `rm ${FLAG}`);
    await becomesOwner(FIRST, 'lb1');
    expect(await served()).toEqual(all('lb1', 'lb2'));
  });

  test('shows its statistics to who knows the password', async () => {
    expect(await get(`http://${FIRST}:8089/stats`)).toMatchObject({ status: 401 });
    expect(await stats()).toMatchObject({ status: 200, text: expect.stringContaining('Statistics Report') });
  });

  test('is found out, and explained, when both balancers hold the addresses', async () => {
    for (const host of ['lb1', 'lb2']) await on(host, 'iptables -I INPUT -p 112 -j DROP');
    await expect.poll(() => system.owners(FIRST), { timeout: 30_000 }).toEqual(['lb1', 'lb2']);
    const { code, report } = await system.vipctl(['verify']);
    for (const host of ['lb1', 'lb2']) await on(host, 'iptables -D INPUT -p 112 -j DROP');
    expect(code).toBe(5);
    const why = 'lb1 and lb2 hold it at once (split brain): lb1 drops VRRP by the rule: -A INPUT -p vrrp -j DROP';
    for (const address of [...BLUE, GREEN])
      expect(report.checks).toContainEqual({ check: `VIP ${address} has one owner`, passed: false, detail: why });
    await becomesOwner(FIRST, 'lb1');
    await becomesOwner(GREEN, 'lb2');
  });

  test('keeps its firewall rules and its addresses when a balancer is switched off and on', async () => {
    const rules = () => on('lb1', 'iptables-save | grep -- "--comment" | sort');
    const before = await rules();
    expect(before).toMatch(/-s 10\.105\.0\.12\/32 -d 224\.0\.0\.18\/32 -p (112|vrrp)/);
    await power('lb1', 'off');
    await becomesOwner(FIRST, 'lb2');
    await power('lb1', 'on');
    await becomesOwner(FIRST, 'lb1');
    expect(await rules()).toBe(before);
    expect(await system.vipctl(['bootstrap', '--check', '--fail-on-change'])).toMatchObject({ code: 0 });
  });
});

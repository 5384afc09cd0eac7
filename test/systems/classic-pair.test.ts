import { afterAll, beforeAll, expect, test } from 'vitest';
import { bridgeName } from '../../src/lab/names.ts';
import { run } from '../e2e/support/lab.ts';
import { get, tally } from './http.ts';
import { smtpSink } from './smtp-sink.ts';
import { describeSystem } from './system.ts';

const VIP = '10.101.0.99';
const vip = { address: VIP, port: 80, protocol: 'http' } as const;

describeSystem('classic-pair', { application: 'web-on-81.yml' }, ({ spec, on, owners, becomesOwner, moves }) => {
  let sink: Awaited<ReturnType<typeof smtpSink>>;
  beforeAll(async () => {
    sink = await smtpSink(spec.gateway, 2525);
  });
  afterAll(() => sink.close());

  const mac = (host: string) => on(host, 'cat /sys/class/net/host0/address');
  /** Whom this machine takes for the owner of the VIP; nobody asks it anew while no packet goes there. */
  const neighbour = async () => (await run(['ip', 'neighbour', 'show', VIP, 'dev', bridgeName(spec.name)])).stdout;
  const told = (host: string) =>
    on(host, 'journalctl --unit keepalived --output cat --no-pager; journalctl -t vipctl-notify --output cat --no-pager');

  test('spreads requests over the web servers on both nodes, and closes each connection', async () => {
    expect(await tally(`http://${VIP}/`, 20)).toEqual({ m: 10, s: 10 });
    expect((await get(`http://${VIP}/`)).headers).toMatchObject({ connection: 'close', 'x-served-by': 'm' });
  });

  test('releases the VIP when keepalived is stopped on the master, and the backup announces it', async () => {
    expect(await owners(VIP)).toEqual(['m']);
    expect(await neighbour()).toContain(await mac('m'));
    await on('m', 'systemctl stop keepalived');
    await becomesOwner(VIP, 's');
    expect(await told('s')).toMatch(/\(VI_1\) Entering MASTER STATE[\s\S]*instance=VI_1 state=MASTER priority=10[02]/);
    // Nothing was sent to the VIP meanwhile: only a gratuitous ARP can have told this machine.
    await expect.poll(neighbour).toContain(await mac('s'));
  });

  test('has keepalived itself mail who became what', async () => {
    const mailed = () => sink.mails.map(({ from, to, text }) => [from, ...to, /^Subject: (.*)$/m.exec(text)?.[1]]);
    await expect
      .poll(mailed)
      .toContainEqual(['keepalived@example.com', 'admin@example.com', '[s] VRRP Instance VI_1 - Entering MASTER state']);
  });

  test('gives the VIP back to the first node once it is repaired', async () => {
    await on('m', 'systemctl start keepalived');
    await becomesOwner(VIP, 'm');
    await expect.poll(() => told('s')).toMatch(/\(VI_1\) Entering BACKUP STATE[\s\S]*instance=VI_1 state=BACKUP/);
  });

  test('moves the VIP by weight alone when HAProxy stops, and back', async () => {
    await moves(vip, 's', 'HAProxy stopped, weight 2', () => on('m', 'systemctl stop haproxy'));
    await becomesOwner(VIP, 's');
    await moves(vip, 'm', 'HAProxy started again', () => on('m', 'systemctl start haproxy'));
    await becomesOwner(VIP, 'm');
  });

  test('logs through rsyslog on loopback alone, into a file whose rotation loses nothing', async () => {
    expect(await on('m', "ss -lunH 'sport = :514' | awk '{print $4}'")).toBe('127.0.0.1:514');
    await get(`http://${VIP}/before`);
    const log = (name: string) => on('m', `cat /var/log/${name}`);
    await expect.poll(() => log('haproxy.log')).toContain('GET /before');
    await on('m', 'logrotate --force /etc/logrotate.d/haproxy');
    await get(`http://${VIP}/after`);
    await expect.poll(() => log('haproxy.log')).toContain('GET /after');
    expect(await log('haproxy.log')).not.toContain('GET /before');
    expect(await log('haproxy.log.1')).toContain('GET /before');
  });

  test('serves a hundred clients at once, static pages and slow ones, without an error', async () => {
    const client = async () => {
      for (const page of ['', '', '', 'slow', '', '']) expect(await get(`http://${VIP}/${page}`)).toMatchObject({ status: 200 });
    };
    await Promise.all(Array.from({ length: 100 }, client));
    const [names = '', ...rows] = (await get(`http://${VIP}/haproxy-stats;csv`)).text.replace(/^# /, '').split('\n');
    const table = rows.map((row) => {
      const cells = row.split(',');
      return Object.fromEntries(names.split(',').map((name, i) => [name, cells[i]]));
    });
    const front = table.find((row) => row.pxname === 'http_in' && row.svname === 'FRONTEND');
    const back = table.find((row) => row.pxname === 'web' && row.svname === 'BACKEND');
    process.stderr.write(
      `load: peak ${front?.smax} sessions, peak ${front?.rate_max} a second, ${back?.econ} connection errors, ${back?.eresp} response errors\n`,
    );
    expect(Number(front?.smax)).toBeGreaterThanOrEqual(100);
    expect([back?.econ, back?.eresp, front?.ereq]).toEqual(['0', '0', '0']);
  });
});

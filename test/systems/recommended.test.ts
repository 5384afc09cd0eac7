import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { get } from './http.ts';
import { describeSystem } from './system.ts';

const VIP = '10.106.0.100';
const vip = { address: VIP, port: 443, protocol: 'https' } as const;
const certificate = join(import.meta.dirname, '../../inventories/recommended/group_vars/lbs/certificate.yml');
const ca = (parseYaml(readFileSync(certificate, 'utf8'), certificate).data as { shop_certificate: string }).shop_certificate;

describeSystem('recommended', {}, ({ on, owners, becomesOwner, moves, power, vipctl }) => {
  const shop = (headers = {}) => get(`https://${VIP}/`, { ca, servername: 'shop.example.com', headers });

  test('speaks TLS with the certificate it was given, and only TLS', async () => {
    expect(await get(`http://${VIP}/a?b=1`)).toMatchObject({ status: 301, headers: { location: `https://${VIP}/a?b=1` } });
    expect(await shop()).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=31536000', 'x-served-by': 'lb1' } });
    expect(await on('lb1', 'stat -c "%a %U" /etc/haproxy/certs/shop.pem')).toBe('600 root');
  });

  test('keeps a client on its server', async () => {
    const first = await shop();
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(cookie).toBe(`SRV=${first.text}`);
    for (let i = 0; i < 4; i++) expect((await shop({ cookie })).text).toBe(first.text);
  });

  test('measures itself for Prometheus', async () => {
    expect((await get(`http://${VIP}:8404/metrics`)).text).toContain('haproxy_backend_active_servers{proxy="pages"} 2');
  });

  test('sends adverts to its peers alone', async () => {
    expect(await on('lb1', 'grep -A3 unicast_peer /etc/keepalived/keepalived.conf')).toBe(
      'unicast_peer {\n    10.106.0.12\n    10.106.0.13\n  }',
    );
    const counted = async () => Number(await on('lb3', "iptables -vnxL INPUT | awk '/VRRP shop from lb1/ {print $1}'"));
    const before = await counted();
    await expect.poll(counted).toBeGreaterThan(before);
    expect(await on('lb3', "iptables-save | grep 'VRRP shop from lb1'")).toContain('-s 10.106.0.11/32 -d 10.106.0.13/32');
  });

  test('hands over at once while the maintenance flag holds a number, and says so', async () => {
    const FLAG = '/etc/keepalived/maintenance';
    await moves(vip, 'lb2', 'maintenance flag', () => on('lb1', `echo 1 >${FLAG}`));
    expect((await vipctl(['verify'])).report.checks).toContainEqual({
      check: 'check chk_maintenance passes',
      host: 'lb1',
      passed: false,
      detail: 'the node is in maintenance',
    });
    await moves(vip, 'lb1', 'flag removed', () => on('lb1', `rm ${FLAG}`));
    await becomesOwner(VIP, 'lb1');
  });

  test('survives two balancers without power, one after the other', async () => {
    await moves(vip, 'lb2', 'power cut', () => power('lb1', 'cut'));
    await moves(vip, 'lb3', 'second power cut', () => power('lb2', 'cut'));
    expect(await owners(VIP)).toEqual(['lb3']);
    for (const host of ['lb1', 'lb2']) await power(host, 'on');
    await becomesOwner(VIP, 'lb1');
  });

  test('refuses a client that asks too often, also after the VIP has moved', async () => {
    const statuses = new Set<number | undefined>();
    const client = async () => {
      for (let i = 0; i < 20; i++) statuses.add((await shop()).status);
    };
    await Promise.all(Array.from({ length: 20 }, client));
    expect(statuses).toEqual(new Set([200, 429]));
    await on('lb1', 'systemctl stop keepalived');
    await becomesOwner(VIP, 'lb2');
    expect(await shop()).toMatchObject({ status: 429 });
  });
});

import { expect, test } from 'vitest';
import { get, tally } from './http.ts';
import { describeSystem } from './system.ts';

const VIP = '10.104.0.1';
const vip = { address: VIP, port: 80, protocol: 'http' } as const;

describeSystem('sticky', { application: 'sessions.yml' }, ({ on, owners, becomesOwner, moves }) => {
  const ask = async (cookie?: string) => {
    const { status, headers, text } = await get(
      `http://${VIP}/`,
      cookie === undefined ? {} : { headers: { cookie: `JSESSIONID=${cookie}` } },
    );
    const [server, seen] = text.split(' ');
    return { status, server, seen, set: headers['set-cookie']?.[0] };
  };

  test('puts the VIP on the interface as it is written, and binds to it on the standby too', async () => {
    expect(await owners(VIP)).toEqual(['lb1']);
    expect(await on('lb1', 'ip -o -4 address show label host0:ha')).toContain(
      `inet ${VIP}/24 brd 10.104.0.255 scope global secondary host0:ha`,
    );
    for (const lb of ['lb1', 'lb2']) expect(await on(lb, "ss -ltnH 'sport = :80' | awk '{print $4}'")).toBe(`${VIP}:80`);
    expect(await on('lb2', 'sysctl -n net.ipv4.ip_nonlocal_bind')).toBe('1');
  });

  test('follows the weights while nobody has a session', async () => {
    const counts = await tally(`http://${VIP}/`, 76);
    // A turn may begin in the midst of the last one.
    for (const [server, share] of Object.entries({ weba: 12, webb: 12, webc: 26, webd: 26 })) {
      expect(counts[server]).toBeGreaterThanOrEqual(share - 2);
      expect(counts[server]).toBeLessThanOrEqual(share + 2);
    }
  });

  test('opens a session with the server in front of the cookie the application made', async () => {
    const { server, seen, set } = await ask();
    expect(set).toBe(`JSESSIONID=${server?.at(-1)?.toUpperCase()}~${seen}; Path=/`);
  });

  test.each(['A', 'B', 'C', 'D'])('sends every request of a session of server %s there, without what was put in front', async (letter) => {
    for (let i = 0; i < 5; i++)
      expect(await ask(`${letter}~xyz`)).toEqual({
        status: 200,
        server: `web${letter.toLowerCase()}`,
        seen: 'xyz',
        set: `JSESSIONID=${letter}~xyz; Path=/`,
      });
  });

  test('lets another server answer when the right one is down, and sets the cookie anew', async () => {
    await on('webA', 'systemctl stop nginx');
    const { status, server, set } = await ask('A~xyz');
    expect([status, server]).toEqual([200, expect.stringMatching(/^web[bcd]$/)]);
    expect(set).toMatch(new RegExp(`^JSESSIONID=${server?.at(-1)?.toUpperCase()}~.*; Path=/$`));
    await on('webA', 'systemctl start nginx');
    await expect.poll(() => ask('A~xyz'), { timeout: 30_000 }).toMatchObject({ server: 'weba', seen: 'xyz' });
  });

  test('hands the VIP to the second balancer when HAProxy stops on the first, and back; sessions notice nothing', async () => {
    await moves(vip, 'lb2', 'HAProxy stopped', () => on('lb1', 'systemctl stop haproxy'));
    await becomesOwner(VIP, 'lb2');
    expect(await ask('C~xyz')).toMatchObject({ server: 'webc', seen: 'xyz' });
    await moves(vip, 'lb1', 'HAProxy started again', () => on('lb1', 'systemctl start haproxy'));
    await becomesOwner(VIP, 'lb1');
    expect(await ask('C~xyz')).toMatchObject({ server: 'webc', seen: 'xyz' });
  });
});

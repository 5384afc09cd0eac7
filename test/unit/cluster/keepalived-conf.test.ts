import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Wire, wireDifference, wiresOf } from '../../../src/cluster/keepalived-conf.ts';

describe('wiresOf', () => {
  test('reads what a node shows of each instance, wherever braces and comments stand', () => {
    const conf = `global_defs { # all of them
  vrrp_version 3
}
vrrp_script x {
  script "/bin/true {"
}
vrrp_instance one
{
  virtual_router_id 7   ! not 8
  version 2
  advert_int 1.0
  authentication {
    auth_type PASS
    auth_pass abcdefgh1
  }
  virtual_ipaddress {
    10.0.0.9/24 dev eth0 label eth0:9
    10.0.0.10
  }
  unicast_src_ip 10.0.0.1
  unicast_peer {
    10.0.0.2
  }
}
vrrp_instance two {
  virtual_router_id 9
  advert_int 0.5
  unicast_peer { }
}
`;
    expect([...wiresOf(conf)]).toEqual([
      [
        'one',
        {
          vrid: '7',
          version: '2',
          advert: '1',
          auth: 'abcdefgh',
          vips: ['10.0.0.10', '10.0.0.9'],
          transport: 'unicast',
          source: '10.0.0.1',
          peers: ['10.0.0.2'],
        },
      ],
      // A unicast_peer block without peers means multicast (keepalived.conf(5)); version 3 has no passwords.
      ['two', { vrid: '9', version: '3', advert: '0.5', auth: '', vips: [], transport: 'multicast', source: '', peers: [] }],
    ]);
  });

  test('finds no instance in an empty or foreign text', () => {
    expect([...wiresOf('')]).toEqual([]);
    expect([...wiresOf('}}{\n{ } x')]).toEqual([]);
  });

  test('reads a configuration among other text', () => {
    const text = readFileSync(join(import.meta.dirname, '../../fixtures/verify/owner.txt'), 'utf8');
    expect(wiresOf(text).get('pair')).toMatchObject({
      vrid: '100',
      version: '2',
      advert: '1',
      vips: ['10.161.0.100'],
      transport: 'multicast',
    });
  });
});

const wire: Wire = {
  vrid: '7',
  version: '2',
  advert: '1',
  auth: '',
  vips: ['10.0.0.9'],
  transport: 'multicast',
  source: '10.0.0.1',
  peers: [],
};

test.each<{ other: Partial<Wire>; one?: Partial<Wire>; says: string | undefined }>([
  { other: {}, says: undefined },
  { other: { source: '10.0.0.2' }, says: undefined },
  { other: { vrid: '8' }, says: 'virtual_router_id 7 and 8' },
  { other: { version: '3' }, says: 'version 2 and 3' },
  { other: { advert: '2' }, says: 'advert_int 1 and 2' },
  { one: { version: '3' }, other: { version: '3', advert: '2' }, says: undefined },
  { other: { auth: 'x' }, says: 'different passwords' },
  { other: { vips: [] }, says: 'addresses 10.0.0.9 and none' },
  { other: { transport: 'unicast', peers: ['10.0.0.1'] }, says: 'transport multicast and unicast' },
])('two nodes that differ in $other do not hear each other: $says', ({ one, other, says }) => {
  expect(wireDifference({ ...wire, ...one }, { ...wire, ...other })).toBe(says);
});

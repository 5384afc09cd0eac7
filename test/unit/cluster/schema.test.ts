import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clusterSchema } from '../../../src/cluster/schema.ts';
import { validate } from '../../../src/config/schema.ts';

const read = (cluster: unknown) => validate(clusterSchema, cluster, () => undefined, 'cluster');

describe('the cluster spec', () => {
  it.each([
    ['an unknown key', { vrpp: {} }, /unknown key "?vrpp.*did you mean "vrrp"/s],
    ['a VIP that is none', { vips: ['10.0.0.300/24'] }, 'must begin with an IP address such as 10.0.0.100/24'],
    [
      'a VIP with a word ip does not know',
      { vips: ['10.0.0.1/24 device eth0'] },
      'must be written as IP/prefix [brd IP] [dev NAME] [label NAME]',
    ],
    ['a VRID of 256', { instances: { a: { vips: ['10.0.0.1'], vrid: 256 } } }, 'vrid'],
    ['a VRID of 0', { instances: { a: { vips: ['10.0.0.1'], vrid: 0 } } }, 'vrid'],
    ['nine bytes of password', { vrrp: { auth_pass: 'abcdefgh1' } }, 'must be at most 8 bytes: VRRP cuts off the rest'],
    ['eight letters in nine bytes', { vrrp: { auth_pass: 'abcdefgü' } }, 'must be at most 8 bytes'],
    ['a password keepalived would take for a comment', { vrrp: { auth_pass: 'a#b' } }, 'which keepalived.conf gives a meaning of its own'],
    ['priority 0', { vrrp: { priorities: { lb1: 0 } } }, 'priorities'],
    ['VRRP version 4', { vrrp: { version: 4 } }, 'version'],
    [
      'a directive smuggled into a line',
      { frontends: { a: { backend: 'b', redirect: 'prefix /\n  stats enable' } } },
      'must be one line of text',
    ],
    ['a time without unit', { haproxy: { timeouts: { connect: '5' } } }, 'must be a number with a unit, such as 5s or 500ms'],
    ['a check that is no path', { checks: { a: { script: '[[ -f /x ]] && exit 1' } } }, 'must be an absolute path with its arguments'],
    ['a mail address that quotes its way out', { mail: { to: ["a@b'; reboot"] } }, 'must be a mail address such as ops@example.org'],
    ['a package and a container at once', { install: { haproxy: { package: {}, docker: { image: 'haproxy:2.6' } } } }, 'exactly one way'],
    ['a source without checksum', { install: { haproxy: { source: { file: '/x.tar.gz' } } } }, 'sha256'],
    [
      'two places for a tarball',
      { install: { keepalived: { source: { file: '/x.tar.gz', url: 'https://x/y', sha256: '0'.repeat(64) } } } },
      'must have exactly one of url and file',
    ],
    ['an image without tag', { install: { haproxy: { docker: { image: 'haproxy' } } } }, 'must name an image with its tag or digest'],
    ['an image that moves', { install: { haproxy: { docker: { image: 'haproxy:latest' } } } }, 'latest is another image tomorrow'],
    [
      'options that quote their way out',
      { install: { haproxy: { source: { options: ["a'b"] } } } },
      'must hold no space, quote, # or backslash',
    ],
    ['keepalived in a container', { install: { keepalived: { docker: { image: 'keepalived:2' } } } }, 'unknown key "docker"'],
    ['a weight beyond 253', { proxy_check: { weight: -254 } }, 'weight'],
  ])('refuses %s', (_, part, message) => expect(() => read({ name: 'web', vips: ['10.0.0.1/24'], ...part })).toThrow(message));
  it('exports as JSON Schema, every field described', () => {
    const undescribed: string[] = [];
    const walk = (schema: z.core.JSONSchema.BaseSchema, path: string) => {
      for (const [name, field] of Object.entries(schema.properties ?? {})) {
        if (typeof field === 'boolean') continue;
        if (field.description === undefined) undescribed.push(`${path}.${name}`);
        walk(field, `${path}.${name}`);
      }
      for (const inner of [schema.items, schema.additionalProperties])
        if (typeof inner === 'object' && !Array.isArray(inner)) walk(inner, path);
    };
    walk(z.toJSONSchema(clusterSchema, { io: 'input' }), 'cluster');
    expect(undescribed).toEqual([]);
  });
});

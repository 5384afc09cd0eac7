import { expect, test } from 'vitest';
import { debian } from '../../../src/lab/images/debian.ts';
import type { Release } from '../../../src/lab/images/image.ts';
import { aptSettings, sourcesOf } from '../../../src/lab/machine.ts';

const release: Release = {
  suite: 'bookworm',
  archives: [
    { label: 'Debian', url: 'http://deb.debian.org/debian', suites: ['bookworm', 'bookworm-updates'] },
    { label: 'Debian-Security', url: 'http://deb.debian.org/debian-security', suites: ['bookworm-security'] },
  ],
};

test('takes packages from the mirrors this machine uses', () => {
  const mirrors =
    'Debian http://mirror.example/debian/\nDebian http://other.example/debian/\nDocker https://download.docker.com/linux/debian/\n';
  expect(sourcesOf(release, mirrors)).toEqual([
    'deb http://mirror.example/debian bookworm main',
    'deb http://mirror.example/debian bookworm-updates main',
    'deb http://deb.debian.org/debian-security bookworm-security main',
  ]);
});

test('takes them from Debian where the machine has no mirror of it, or one hosts cannot reach', () => {
  expect(sourcesOf(release, 'Ubuntu http://archive.ubuntu.com/ubuntu/\nDebian file:/srv/mirror/\n')[0]).toBe(
    'deb http://deb.debian.org/debian bookworm main',
  );
});

const dump = `APT::Architecture "amd64";
Acquire::cdrom::mount "/media/cdrom/";
Acquire::Check-Date "false";
Acquire::http "";
Acquire::http::Proxy "http://proxy:3128";
Acquire::https::Verify-Peer "true";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
`;

test('hands on how apt reaches an archive here, and nothing else', () => {
  expect(aptSettings(dump, {})).toEqual([
    'Acquire::Languages "none";',
    'Acquire::Check-Date "false";',
    'Acquire::http::Proxy "http://proxy:3128";',
    'Acquire::https::Verify-Peer "true";',
  ]);
});

test("adds the environment's proxy where apt has none of its own", () => {
  const settings = aptSettings(dump, { http_proxy: 'http://env:1', https_proxy: 'http://env:2' });
  expect(settings.filter((line) => line.includes('Proxy'))).toEqual([
    'Acquire::http::Proxy "http://proxy:3128";',
    'Acquire::https::Proxy "http://env:2";',
  ]);
});

test('never installs in the image what a bootstrap must install', () => {
  const all = [...debian.packages, ...('packages' in debian.from ? debian.from.packages : [])];
  for (const name of ['haproxy', 'keepalived', 'chrony', 'python3']) expect(all).not.toContain(name);
});

import { describe, expect, it } from 'vitest';
import { dockerImageModule } from '../../../src/modules/docker-image.ts';
import { capture, complaints, type Row, runsOf } from './plan.ts';

const same = capture('docker/debian-12.txt');
const archive = { name: 'haproxy:2.6', source: 'load', load_path: '/var/cache/vipctl-haproxy.tar' };
const load = ['docker load --quiet --input /var/cache/vipctl-haproxy.tar'];
const pull = { name: 'haproxy:2.6', source: 'pull' };

const rows: Row[] = [
  { it: 'leaves the image of the archive alone', params: archive, host: same, runs: [] },
  { it: 'loads an archive whose image is not there', params: archive, host: same.replace(/^image .*$/m, 'image '), runs: load },
  { it: 'loads an archive with other layers', params: archive, host: same.replace('sha256:248bec44', 'sha256:00000000'), runs: load },
  { it: 'loads an archive that was made at another time', params: archive, host: same.replace('18:07:41', '18:07:42'), runs: load },
  {
    it: 'takes one moment for another spelling of itself',
    params: archive,
    host: same.replace('18:07:41Z', '18:07:41.000Z'),
    runs: [],
  },
  {
    it: 'refuses an archive of another image',
    params: { ...archive, name: 'haproxy:2.8' },
    host: same,
    runs: 'the archive holds haproxy:2.6, not haproxy:2.8',
  },
  {
    it: 'waits for an archive that is not there yet',
    params: archive,
    host: 'docker\nimage \n',
    runs: 'there is no image archive /var/cache/vipctl-haproxy.tar',
  },
  { it: 'waits for docker', params: archive, host: '', runs: 'there is no docker' },
  { it: 'pulls what is not there', params: pull, host: 'docker\nimage \n', runs: ['docker pull --quiet -- haproxy:2.6'] },
  { it: 'never pulls what is', params: pull, host: same, runs: [] },
];

describe('docker_image', () => {
  it.each(rows)('$it', (row) => expect(runsOf(dockerImageModule, row)).toEqual(row.runs));
  it.each([
    [{ name: 'a:1', source: 'load' }, 'load_path: source: load needs load_path, and no other source takes it'],
    [{ ...pull, load_path: '/a' }, 'load_path: source: load needs load_path, and no other source takes it'],
  ])('rejects %j', (params, message) => expect(complaints(dockerImageModule as never, params)).toEqual([message]));
});

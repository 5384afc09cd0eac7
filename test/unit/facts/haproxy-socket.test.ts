import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseServers } from '../../../src/facts/haproxy-socket.ts';

const capture = readFileSync(join(import.meta.dirname, '../../fixtures/verify/deaf.txt'), 'utf8');
const csv = capture.slice(capture.indexOf('# pxname'), capture.indexOf('\n@@ neighbours'));

test('reads servers from the statistics of HAProxy 2.6', () => {
  expect(parseServers(csv)).toEqual([
    { backend: 'webs', server: 'web1', status: 'DOWN', found: 'L4CON Connection refused', weight: 1, sessions: 0 },
    { backend: 'webs', server: 'web2', status: 'UP', found: expect.stringMatching(/^L7OK/), weight: 1, sessions: 0 },
  ]);
});

test('goes by the names of the columns, and reads quoted cells', () => {
  const text = '# pxname,svname,weight,status,scur,last_chk,check_status,\nb,s1,5,UP 1/3,2,"no, ""wait""",* L4OK,\nb,BACKEND,5,UP,2,,,\n';
  expect(parseServers(text)).toEqual([{ backend: 'b', server: 's1', status: 'UP 1/3', found: 'L4OK no, "wait"', weight: 5, sessions: 2 }]);
});

test.each(['', 'Permission denied\n', '\n'])('knows nothing from %j', (text) => expect(parseServers(text)).toBeUndefined());

import { expect, test } from 'vitest';
import { readHierarchies } from '../../../src/lab/cgroup.ts';

const hybrid = `22 27 0:21 / /proc rw,relatime - proc proc rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;
const unified = '30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n';

test('finds the hierarchies systemd works in, hybrid or unified', () => {
  expect(readHierarchies(hybrid)).toEqual(['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified']);
  expect(readHierarchies(unified)).toEqual(['/sys/fs/cgroup']);
});

import { SOCKETS } from './container.ts';
import { error, type Finding } from './finding.ts';
import { methodOf, programsOf } from './install.ts';
import type { ClusterSpec } from './schema.ts';

/** Whether the programs are installed in a way that lets them work together. */
export function proveInstall(spec: ClusterSpec): Finding[] {
  const used: readonly string[] = programsOf(spec);
  const idle = Object.keys(spec.install ?? {}).filter((name) => !used.includes(name));
  const { socket = `${SOCKETS}/admin.sock` } = spec.haproxy ?? {};
  const hidden = methodOf(spec, 'haproxy') === 'docker' && !socket.startsWith(`${SOCKETS}/`);
  return [
    ...idle.map((name) =>
      error(
        'install-unused',
        `install.${name}: this cluster has no ${name}`,
        `its nodes run ${used.join(' and ')}; set engine, or leave it out`,
      ),
    ),
    ...(hidden
      ? [
          error(
            'docker-socket',
            `haproxy.socket ${socket} would stay inside the container`,
            `put it below ${SOCKETS}, which the host shares`,
          ),
        ]
      : []),
  ];
}

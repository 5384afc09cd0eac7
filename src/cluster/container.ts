import { quote } from '../shell/sh.ts';
import { archivePath } from './build.ts';
import type { DockerSpec } from './install-schema.ts';
import type { ClusterSpec } from './schema.ts';

/** HAProxy in a container; an empty image where it is not. */
export type ContainerPlan = {
  readonly image: string;
  /** Its archive on the controller and on the node; empty where the node pulls the image. */
  readonly archive: { readonly file: string; readonly dest: string; readonly checksum: string };
  /** Options of `docker run`, one a line. */
  readonly options: readonly string[];
  readonly restart: string;
};

export const NO_CONTAINER: ContainerPlan = { image: '', archive: { file: '', dest: '', checksum: '' }, options: [], restart: '' };

/** What its master needs: ports below 1024, the chroot, its workers' user and group, and to signal them. */
const CAPABILITIES = ['NET_BIND_SERVICE', 'SYS_CHROOT', 'SETUID', 'SETGID', 'KILL'];

/** How the container is run. */
export function containerPlan(spec: ClusterSpec): ContainerPlan {
  const docker = dockerOf(spec);
  if (!docker) return NO_CONTAINER;
  const { chroot = '/var/lib/haproxy' } = spec.haproxy ?? {};
  const { archive, sha256, image, restart = 'on-failure' } = docker;
  return {
    image,
    archive:
      archive === undefined
        ? NO_CONTAINER.archive
        : { file: archive, dest: archivePath('haproxy'), checksum: sha256 === undefined ? '' : `sha256:${sha256}` },
    options: [
      ...common(docker),
      `--volume ${SOCKETS}:${SOCKETS}`,
      // HAProxy logs from inside its chroot.
      `--volume /dev/log:${chroot}/dev/log`,
    ],
    restart,
  };
}

/** The folder of the runtime socket, which the container shares with the host. */
export const SOCKETS = '/run/haproxy';

/** The command that has the HAProxy of an image judge the configuration `%s`. */
export const containerValidate = (spec: ClusterSpec): string | undefined => {
  const docker = dockerOf(spec);
  return docker && `docker run --rm ${common(docker).join(' ')} ${quote(docker.image)} -c -f %s`;
};

/** The folder is mounted, not the file: a file that is replaced would stay the old one inside. */
const common = ({ mounts = [] }: DockerSpec): string[] => [
  '--pull never',
  '--network host',
  '--user 0:0',
  '--log-driver none',
  '--entrypoint haproxy',
  '--read-only',
  '--cap-drop ALL',
  ...CAPABILITIES.map((name) => `--cap-add ${name}`),
  '--security-opt no-new-privileges',
  ...['/etc/haproxy', ...mounts].map((folder) => `--volume ${folder}:${folder}:ro`),
];

const dockerOf = ({ install }: ClusterSpec): DockerSpec | undefined => install?.haproxy?.docker;

import { z } from 'zod';
import { word } from './text.ts';

const path = z.string().regex(/^\/[\w./+@:-]+$/, 'must be an absolute path');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256: 64 hexadecimal digits in lower case');

const packaged = z
  .strictObject({
    version: z
      .string()
      .regex(/^[\w.+:~^*-]+$/, 'must be a version, in which * matches anything')
      .optional()
      .describe('Version to have, in which * matches anything; default: the one the distribution brings'),
    hold: z
      .boolean()
      .optional()
      .describe('Keep upgrades by hand or by a timer from moving it (apt-mark hold, versionlock); default: when a version is given'),
  })
  .describe('From the packages of the distribution');

const source = z
  .strictObject({
    url: z
      .string()
      .regex(/^(https?|ftp):\/\/[^\s"']+$/, 'must be a URL')
      .optional()
      .describe('Address at which each node finds the tarball'),
    file: path.optional().describe('The tarball on the machine vipctl runs on, instead of url'),
    sha256: sha256.describe('Checksum of the tarball, without which nothing is unpacked'),
    options: z
      .array(word)
      .optional()
      .describe(
        'HAProxy: words for make (default TARGET=linux-glibc USE_OPENSSL=1 USE_PCRE2=1); keepalived: options of ./configure. What they need is installed',
      ),
    prefix: path
      .optional()
      .describe('Folder for its builds, of which the link `current` names the one in use (default /opt/haproxy or /opt/keepalived)'),
  })
  .refine(({ url, file }) => (url === undefined) !== (file === undefined), 'must have exactly one of url and file')
  .describe('Built on each node from a tarball, and anew only when checksum or options change; the unit is written by vipctl');

const docker = z
  .strictObject({
    image: z
      .string()
      .regex(/^[a-z0-9][\w./:-]*(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/, 'must name an image with its tag or digest, such as haproxy:2.6.12')
      .refine((image) => !image.endsWith(':latest'), 'must be pinned: latest is another image tomorrow')
      .describe('Image with tag or digest; its haproxy must be on the path'),
    archive: path.optional().describe('Archive of the image (docker save) on the machine vipctl runs on, for nodes that reach no registry'),
    sha256: sha256.optional().describe('Checksum of the archive'),
    restart: z
      .enum(['always', 'on-failure', 'no'])
      .optional()
      .describe('When systemd starts it again; default on-failure, which leaves it alone after docker stop'),
    mounts: z.array(path).optional().describe('Further folders it may read, besides /etc/haproxy; read-only'),
  })
  .refine(({ archive, sha256: sum }) => archive !== undefined || sum === undefined, 'sha256 is that of an archive')
  .describe('In a container on the network of the host, without privileges; started by systemd, reloaded by signal');

const ONE = 'must name exactly one way of installing it';
const isOne = (ways: object) => Object.keys(ways).length === 1;

/** How each program comes to the nodes. */
export const installSchema = z
  .strictObject({
    haproxy: z
      .strictObject({ package: packaged.optional(), source: source.optional(), docker: docker.optional() })
      .refine(isOne, ONE)
      .optional()
      .describe('package, source or docker (default package)'),
    keepalived: z
      .strictObject({ package: packaged.optional(), source: source.optional() })
      .refine(isOne, ONE)
      .optional()
      .describe('package or source (default package)'),
    nginx: z.strictObject({ package: packaged.optional() }).refine(isOne, ONE).optional().describe('package'),
  })
  .describe('How the programs come to the nodes; on a running cluster the way of one cannot be changed');

export type PackageSpec = z.output<typeof packaged>;
export type SourceSpec = z.output<typeof source>;
export type DockerSpec = z.output<typeof docker>;

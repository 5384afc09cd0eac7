import type { Development, Library, Packing } from '../os/development.ts';
import type { SourceSpec } from './install-schema.ts';
import type { ClusterSpec } from './schema.ts';

/** A program that a node builds from a tarball, in the words of the module `source_build`. */
export type BuildPlan = {
  readonly name: string;
  /** The tarball: on the controller, or where it is fetched from (one of them empty), and on the node. */
  readonly file: string;
  readonly url: string;
  readonly dest: string;
  readonly checksum: string;
  readonly prefix: string;
  readonly configure: readonly string[];
  readonly make: readonly string[];
  readonly install: readonly string[];
  /** Command that the new build must pass before it is used; `%s` is its folder. */
  readonly validate: string;
  /** Written with every build that comes into use. */
  readonly stamp: string;
};

type Built = 'haproxy' | 'keepalived';

/** How each program is built; `%s` is the folder of the build. */
const RECIPES = {
  haproxy: {
    defaults: ['TARGET=linux-glibc', 'USE_OPENSSL=1', 'USE_PCRE2=1'],
    configure: () => [],
    make: (options: readonly string[]) => options,
    install: ['install-bin', 'PREFIX=%s'],
    // A new HAProxy that does not take the configuration in use must not take its place.
    validate: `sh -c '[ ! -e "$1" ] || exec "$0/sbin/haproxy" -c -q -f "$1"' %s /etc/haproxy/haproxy.cfg`,
  },
  keepalived: {
    defaults: [],
    configure: (options: readonly string[]) => ['--prefix=%s', '--sysconfdir=%s/etc', '--with-systemdsystemunitdir=%s/unit', ...options],
    make: () => [],
    install: ['install'],
    validate: '%s/sbin/keepalived --version',
  },
} as const;

/** What the options of each program ask to be built with. */
const LIBRARIES: readonly (readonly [RegExp, Library])[] = [
  [/^USE_OPENSSL(=1)?$/, 'openssl'],
  [/^USE_(STATIC_)?PCRE(_JIT)?(=1)?$/, 'pcre'],
  [/^USE_(STATIC_)?PCRE2(_JIT)?(=1)?$|^--enable-regex$/, 'pcre2'],
  [/^USE_ZLIB(=1)?$/, 'zlib'],
  [/^USE_LUA(=1)?$/, 'lua'],
  [/^USE_SYSTEMD(=1)?$|^--enable-systemd$/, 'systemd'],
  [/^--enable-nftables$/, 'nftables'],
  [/^--enable-snmp/, 'snmp'],
  [/^--enable-json$/, 'json'],
];
const ALWAYS: Readonly<Record<Built, readonly Library[]>> = { haproxy: [], keepalived: ['openssl', 'netlink'] };

/** The build of a program that comes from source. */
export function buildOf(spec: ClusterSpec, program: string): BuildPlan | undefined {
  const source = sourceOf(spec, program);
  if (!source || !isBuilt(program)) return undefined;
  const recipe = RECIPES[program];
  const options = source.options ?? recipe.defaults;
  const prefix = source.prefix ?? `/opt/${program}`;
  return {
    name: program,
    file: source.file ?? '',
    url: source.url ?? '',
    dest: archivePath(program),
    checksum: `sha256:${source.sha256}`,
    prefix,
    configure: recipe.configure(options),
    make: recipe.make(options),
    install: recipe.install,
    validate: recipe.validate,
    stamp: `${prefix}/current/.vipctl`,
  };
}

/** A program as a word for the PATH, or the path of the build in use. */
export function programOf(spec: ClusterSpec, program: Built): string {
  const build = buildOf(spec, program);
  return build ? `${build.prefix}/current/sbin/${program}` : program;
}

/** Where a node keeps the archive of a program it was given or fetched: in a folder that every system has. */
export const archivePath = (program: string): string => `/var/cache/vipctl-${program}.tar`;

/** The packages a build needs. */
export function buildPackages(spec: ClusterSpec, program: string, { tools, libraries, unpacking }: Development): string[] {
  const source = sourceOf(spec, program);
  if (!source || !isBuilt(program)) return [];
  const options = source.options ?? RECIPES[program].defaults;
  const wanted = LIBRARIES.filter(([form]) => options.some((option) => form.test(option))).map(([, library]) => library);
  const packing = PACKINGS.find(([form]) => form.test(source.file ?? source.url ?? ''))?.[1];
  return [
    ...tools,
    ...[...new Set([...ALWAYS[program], ...wanted])].flatMap((library) => libraries[library]),
    ...(packing ? [unpacking[packing]] : []),
  ];
}

const PACKINGS: readonly (readonly [RegExp, Packing])[] = [
  [/\.(tar\.xz|txz)$/, 'xz'],
  [/\.(tar\.bz2|tbz2?)$/, 'bzip2'],
];

/** How a program that comes from source is described. */
export function sourceOf({ install }: ClusterSpec, program: string): SourceSpec | undefined {
  return isBuilt(program) ? install?.[program]?.source : undefined;
}

const isBuilt = (program: string): program is Built => program === 'haproxy' || program === 'keepalived';

/** What a program may be built with. */
export type Library = 'openssl' | 'pcre' | 'pcre2' | 'zlib' | 'lua' | 'systemd' | 'netlink' | 'nftables' | 'ipset' | 'snmp' | 'json';

/** How a tarball may be packed, apart from gzip, which is everywhere. */
export type Packing = 'xz' | 'bzip2';

/** The packages of a family that programs are built with. */
export interface Development {
  readonly tools: readonly string[];
  readonly libraries: Readonly<Record<Library, readonly string[]>>;
  readonly unpacking: Readonly<Record<Packing, string>>;
}

export const DEBIAN_DEVELOPMENT: Development = {
  tools: ['gcc', 'libc6-dev', 'make', 'pkg-config'],
  libraries: {
    openssl: ['libssl-dev'],
    pcre: ['libpcre3-dev'],
    pcre2: ['libpcre2-dev'],
    zlib: ['zlib1g-dev'],
    lua: ['liblua5.3-dev'],
    systemd: ['libsystemd-dev'],
    netlink: ['libnl-3-dev', 'libnl-genl-3-dev'],
    nftables: ['libnftnl-dev', 'libmnl-dev'],
    ipset: ['libipset-dev'],
    snmp: ['libsnmp-dev'],
    json: ['libjson-c-dev'],
  },
  unpacking: { xz: 'xz-utils', bzip2: 'bzip2' },
};

/** The names of EL 7 and newer; EL 6 has no pcre2 and no systemd. */
export const REDHAT_DEVELOPMENT: Development = {
  tools: ['gcc', 'glibc-devel', 'make', 'pkgconfig'],
  libraries: {
    openssl: ['openssl-devel'],
    pcre: ['pcre-devel'],
    pcre2: ['pcre2-devel'],
    zlib: ['zlib-devel'],
    lua: ['lua-devel'],
    systemd: ['systemd-devel'],
    netlink: ['libnl3-devel'],
    nftables: ['libnftnl-devel', 'libmnl-devel'],
    ipset: ['ipset-devel'],
    snmp: ['net-snmp-devel'],
    json: ['json-c-devel'],
  },
  unpacking: { xz: 'xz', bzip2: 'bzip2' },
};

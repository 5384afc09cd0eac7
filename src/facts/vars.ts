import ipaddr from 'ipaddr.js';
import type { Value, Vars } from '../model/host.ts';
import type { Address, Facts, Interface } from './facts.ts';

/** Ansible's names of distributions, by os-release ID; others are capitalised. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  almalinux: 'AlmaLinux',
  centos: 'CentOS',
  ol: 'OracleLinux',
  rhel: 'RedHat',
};
const FAMILIES = { debian: 'Debian', ubuntu: 'Debian', rhel: 'RedHat', fedora: 'RedHat', suse: 'Suse' } as const;
const SERVICE_MANAGERS = { systemd: 'systemd', sysv: 'sysvinit' } as const;

/** Facts under Ansible's names, as `ansible_facts.x` and as `ansible_x`, and under ours as `vipctl_facts`. */
export function factsAsVars(facts: Facts): Vars {
  const named = ansibleNames(facts);
  const prefixed = Object.entries(named).map(([name, value]) => [`ansible_${name}`, value]);
  return { ...Object.fromEntries(prefixed), ansible_facts: named, vipctl_facts: JSON.parse(JSON.stringify(facts)) };
}

function ansibleNames(facts: Facts): Vars {
  const addresses = facts.interfaces.flatMap((i) => i.addresses.filter((a) => a.scope !== 'host'));
  const of = (family: Address['family']) => addresses.filter((a) => a.family === family).map((a) => a.address);
  const memory = facts.memoryMb === undefined ? {} : { memtotal_mb: facts.memoryMb };
  const cpus = facts.cpus === undefined ? {} : { processor_vcpus: facts.cpus, processor_nproc: facts.cpus };
  return {
    ...Object.fromEntries(facts.interfaces.map((i) => [i.name.replace(/[-.:]/g, '_'), describe(i)])),
    ...distribution(facts),
    ...memory,
    ...cpus,
    system: 'Linux',
    hostname: facts.hostname.split('.')[0] ?? '',
    nodename: facts.hostname,
    kernel: facts.kernel,
    architecture: facts.architecture,
    machine: facts.architecture,
    user_id: facts.user,
    interfaces: facts.interfaces.map((i) => i.name),
    all_ipv4_addresses: of('inet'),
    all_ipv6_addresses: of('inet6'),
    default_ipv4: defaultAddress(facts, 'inet'),
    default_ipv6: defaultAddress(facts, 'inet6'),
    selinux: facts.selinux === 'disabled' ? { status: 'disabled' } : { status: 'enabled', mode: facts.selinux },
    ...(facts.packageManager && { pkg_mgr: facts.packageManager }),
    ...(facts.init && { service_mgr: SERVICE_MANAGERS[facts.init] }),
  };
}

function distribution({ distribution: id, like, release, codename }: Facts): Vars {
  const family = Object.entries(FAMILIES).find(([known]) => [id, ...like].includes(known))?.[1];
  return {
    distribution: DISTRIBUTIONS[id] ?? capitalised(id),
    os_family: family ?? capitalised(id),
    distribution_version: release,
    distribution_major_version: release.split('.')[0] ?? '',
    ...(codename !== undefined && { distribution_release: codename }),
  };
}

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** What Ansible tells of one interface (`ansible_eth0`). */
function describe({ name, mac, mtu, up, addresses }: Interface): Value {
  const [first, ...others] = addresses.filter((a) => a.family === 'inet').map(ipv4);
  const ipv6 = addresses.filter((a) => a.family === 'inet6').map(({ address, prefix, scope }) => ({ address, prefix: `${prefix}`, scope }));
  return {
    device: name,
    mtu,
    active: up,
    ...(mac !== '' && { macaddress: mac }),
    ...(first && { ipv4: first }),
    ...(others.length > 0 && { ipv4_secondaries: others }),
    ...(ipv6.length > 0 && { ipv6 }),
  };
}

function ipv4({ address, prefix, broadcast }: Address) {
  const cidr = `${address}/${prefix}`;
  return {
    address,
    prefix: `${prefix}`,
    netmask: ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString(),
    network: ipaddr.IPv4.networkAddressFromCIDR(cidr).toString(),
    broadcast: broadcast ?? '',
  };
}

/** The address a host shows the world: the first global one of the interface with the default route. */
function defaultAddress({ interfaces, defaultInterface, defaultGateway }: Facts, family: Address['family']): Value {
  const found = interfaces.find((i) => i.name === defaultInterface);
  const address = found?.addresses.find((a) => a.family === family && a.scope === 'global');
  if (!found || !address) return {};
  const gateway = defaultGateway?.includes(':') === (family === 'inet6') ? { gateway: defaultGateway ?? '' } : {};
  const more = family === 'inet' ? ipv4(address) : { address: address.address, prefix: `${address.prefix}`, scope: address.scope };
  return { interface: found.name, macaddress: found.mac, mtu: found.mtu, ...more, ...gateway };
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where labs live: fixed, so that an inventory can name the files. */
export const LABS = '/var/lib/vipctl/labs';
/** Where images are kept between labs. */
export const IMAGES = '/var/cache/vipctl/images';

/** The files of one lab. */
export function labPlaces(lab: string) {
  const folder = join(LABS, lab);
  return {
    folder,
    state: join(folder, 'state.json'),
    /** Logs in to every host as root, ops (sudo without a password) and opspw (sudo with one). */
    key: join(folder, 'id_ed25519'),
    knownHosts: join(folder, 'known_hosts'),
    /** The sudo password of user opspw. */
    sudoPassword: join(folder, 'sudo_password'),
    /** An inventory of connection variables, to be given after the user's own. */
    inventory: join(folder, 'inventory.yml'),
  } as const;
}

/** The files of one host: `upper` and `work` are overlayfs's, `root` its mount point, `log` its console, `outage` when its power comes back. */
export function hostPlaces(lab: string, host: string) {
  const folder = join(LABS, lab, 'hosts', host);
  const [upper, work, root] = [join(folder, 'upper'), join(folder, 'work'), join(folder, 'root')];
  return { folder, upper, work, root, log: join(folder, 'console.log'), outage: join(folder, 'outage') } as const;
}

/** The lab's bridge; an interface name has at most 15 characters (IFNAMSIZ). */
export const bridgeName = (lab: string): string => (lab.length <= 11 ? `lab-${lab}` : `lab-${lab.slice(0, 4)}-${digest(lab, 6)}`);

/** The bridge's MAC, fixed so that hosts coming and going never change the gateway's (locally administered, IEEE 802). */
export const bridgeMac = (lab: string): string => `02:${digest(lab, 10).match(/../g)?.join(':')}`;

/** The name nspawn knows the host by, short enough for {@link linkName}. */
export const machineName = (lab: string, host: string): string =>
  `${host.replace(/[^A-Za-z0-9]/g, '').slice(0, 5)}-${digest(`${lab}/${host}`, 6)}`;

/** The host's interface on the bridge, as nspawn names it. */
export const linkName = (lab: string, host: string): string => `vb-${machineName(lab, host)}`;

/** Where nspawn keeps a folder for each machine it runs. */
export const nspawnFolder = (lab: string, host: string): string => join('/run/systemd/nspawn/propagate', machineName(lab, host));

/** The host's machine id, by which its processes are found again. */
export const machineId = (lab: string, host: string): string => digest(`${lab}/${host}`, 32);

/** Marks the lab's firewall rules on this machine. */
export const ruleTag = (lab: string): string => `vipctl-lab-${lab}`;

const digest = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);

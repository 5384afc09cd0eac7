import { randomBytes } from 'node:crypto';
import { access, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from './exec.ts';
import type { ImageFile } from './images/image.ts';
import { labPlaces } from './names.ts';
import type { LabOptions } from './options.ts';

/** What lets people into a lab's hosts. */
export interface Access {
  readonly publicKey: string;
  /** The sudo password of user opspw, hashed for shadow(5). */
  readonly passwordHash: string;
}

/** The lab's key and sudo password, made once; they are given to whoever called sudo. */
export async function ensureAccess(lab: string, { environment = {} }: LabOptions): Promise<Access> {
  const { folder, key, sudoPassword } = labPlaces(lab);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  if (!(await exists(key))) await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `vipctl lab ${lab}`, '-f', key]);
  if (!(await exists(sudoPassword))) await writeFile(sudoPassword, `${randomBytes(9).toString('base64url')}\n`, { mode: 0o600 });
  const { SUDO_UID, SUDO_GID } = environment;
  if (SUDO_UID && SUDO_GID) for (const file of [key, sudoPassword]) await chown(file, Number(SUDO_UID), Number(SUDO_GID));
  const passwordHash = (await exec('openssl', ['passwd', '-6', '-stdin'], { input: await readFile(sudoPassword, 'utf8') })).trim();
  return { publicKey: await readFile(`${key}.pub`, 'utf8'), passwordHash };
}

/** New host keys, of the types most servers have: the files sshd reads them from. */
export async function makeHostKeys(host: string): Promise<ImageFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vipctl-'));
  try {
    const made = ['ed25519', 'ecdsa'].map(async (type) => {
      const name = `ssh_host_${type}_key`;
      await exec('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', host, '-f', join(folder, name)]);
      const [text, publicText] = await Promise.all([name, `${name}.pub`].map((file) => readFile(join(folder, file), 'utf8')));
      return [
        { path: `/etc/ssh/${name}`, text: text ?? '', mode: 0o600 },
        { path: `/etc/ssh/${name}.pub`, text: publicText ?? '' },
      ];
    });
    return (await Promise.all(made)).flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

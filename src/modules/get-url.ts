import { z } from 'zod';
import { type Change, run } from '../model/change.ts';
import { lines, sh } from '../shell/sh.ts';
import { planAttributes, setAttributes } from './attributes.ts';
import { type FileState, fileProbe } from './file-state.ts';
import { defineModule } from './module.ts';
import { absolutePath, attributes, checksum, seconds } from './params.ts';

const params = z.strictObject({
  url: z
    .string()
    .regex(/^(https?|ftp):\/\/[^\s\0]+$/, { error: 'expected a URL' })
    .describe('Address at which the host finds it'),
  dest: absolutePath.describe('Where the file goes'),
  checksum: checksum.describe('sha256:HEX of the file; what has another never reaches dest'),
  timeout: seconds.default(300).describe('Seconds the transfer may take'),
  ...attributes,
});
type Params = z.infer<typeof params>;

/** A file the host fetches itself; it counts as there by its checksum, so that nothing is fetched twice. */
export const getUrlModule = defineModule<Params, FileState>({
  name: 'get_url',
  params,
  // The digest of an empty question: the content itself is never wanted.
  check: ({ dest, checksum: sum }) => fileProbe({ path: dest, follow: true, content: { unless: digestOf(sum) } }),
  plan(wish, { entry, path }) {
    if (entry?.digest === digestOf(wish.checksum)) return planAttributes(path, wish, entry);
    return [fetched(wish, entry?.digest)];
  },
});

const digestOf = (sum: string) => sum.replace('sha256:', '');

function fetched(wish: Params, before: string | undefined): Change {
  const { url, dest, checksum: sum, timeout } = wish;
  const transfer = sh`if command -v curl >/dev/null; then curl --fail --silent --show-error --location --max-time ${timeout} --output "$tmp" ${url}
else wget -q -T ${timeout} -O "$tmp" ${url}; fi`;
  const command = lines(
    sh`tmp=$(mktemp ${`${dest}.XXXXXXXX`}) || exit`,
    sh`trap 'rm -f -- "$tmp"' EXIT; trap 'exit 1' HUP INT PIPE TERM`,
    sh`{ ${transfer}; } || { echo ${`${url} could not be fetched`} >&2; exit 1; }`,
    sh`sum=$(sha256sum <"$tmp"); sum=\${sum%% *}
[ "$sum" = ${digestOf(sum)} ] || { echo ${`${url} has sha256`} "$sum, not "${digestOf(sum)} >&2; exit 1; }`,
    sh`chmod 0644 "$tmp" && mv -fT -- "$tmp" ${dest}`,
  );
  const after = `sha256 ${digestOf(sum).slice(0, 12)}`;
  return {
    what: dest,
    before: before === undefined ? 'absent' : `sha256 ${before.slice(0, 12)}`,
    after,
    apply: [run(command), ...setAttributes(dest, wish, 'itself')],
  };
}

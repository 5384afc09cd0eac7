import { z } from 'zod';
import { type Change, deferred, type Plan } from '../model/change.ts';
import { sha256 } from '../shell/digest.ts';
import { type Command, lines, sh } from '../shell/sh.ts';
import { splitWords } from '../shell/words.ts';
import { defineModule } from './module.ts';
import { absolutePath, checksum, commandLine, word } from './params.ts';

const words = z.array(word);

const params = z.strictObject({
  name: word.min(1).describe('What is built, for messages'),
  src: absolutePath.describe('The tarball on the host'),
  checksum: checksum.describe('sha256:HEX of the tarball, checked before it is unpacked'),
  prefix: absolutePath.describe('Folder of all builds; its link `current` leads to the one in use'),
  configure: words.default([]).describe('Options of ./configure, which is not run without; %s is the folder of this build'),
  make: words.default([]).describe('Words for make'),
  install: words.default(['install']).describe('Words for the make that installs; %s is the folder of this build'),
  validate: commandLine.optional().describe('Command that the build must pass before it is used; %s is its folder'),
});
type Params = z.infer<typeof params>;

/** Builds below the prefix that are whole, and the one `current` leads to. */
interface State {
  readonly tarball: boolean;
  readonly built: boolean;
  readonly current: string;
}

/** Long enough for a small machine under load. */
const BUILD_SECONDS = 3600;

/**
 * A program built from source. Every combination of tarball and options has a folder of its own, so that a build that fails leaves the
 * one in use alone; a link that is replaced at once (rename(2)) says which that is. The one before stays, for the way back.
 */
export const sourceBuildModule = defineModule<Params, State>({
  name: 'source_build',
  params,

  check: (wish) => ({
    command: sh`cd -- ${wish.prefix} 2>/dev/null && { echo "current=$(readlink current)"; [ ! -e ${`${keyOf(wish)}/.vipctl`} ] || echo built; }
[ ! -f ${wish.src} ] || echo tarball`,
    parse: ({ stdout }) => ({
      tarball: /^tarball$/m.test(stdout),
      built: /^built$/m.test(stdout),
      current: /^current=(.*)$/m.exec(stdout)?.[1] ?? '',
    }),
  }),

  reads: ({ src }) => [src],

  plan(wish, { tarball, built, current }): Plan {
    const key = keyOf(wish);
    if (built && current === key) return [];
    if (!built && !tarball) return deferred(`there is no ${wish.src}`);
    const change = (what: string, before: string, after: string, command: Command): Change => ({
      what,
      before,
      after,
      apply: [{ kind: 'run', command, timeoutSeconds: BUILD_SECONDS }],
    });
    return [
      ...(built ? [] : [change(`build ${key} of ${wish.name}`, 'absent', 'built', build(wish, key))]),
      change(`${wish.name} in use`, current || 'none', key, use(wish, key, current)),
    ];
  },
});

/** Names a build by all that it is made from. */
const keyOf = ({ checksum: sum, configure, make, install }: Params) => sha256(JSON.stringify([sum, configure, make, install])).slice(0, 12);

const filled = (list: readonly string[], folder: string) => list.map((text) => text.replaceAll('%s', folder));

/** Builds in a folder of its own that goes in any case; what is said on the way is shown only when it fails. */
function build({ name, src, checksum: sum, prefix, configure, make, install, validate }: Params, key: string): Command {
  const folder = `${prefix}/${key}`;
  const step = (what: string, command: Command) =>
    lines(sh`echo ${`vipctl: ${name}: ${what}`} >&2`, sh`{ ${command}; } >"$work/log" 2>&1 </dev/null || fail ${what}`);
  return lines(
    sh`work=$(mktemp -d /var/tmp/vipctl-build.XXXXXX) || exit`,
    sh`trap 'rm -rf -- "$work"' EXIT; trap 'exit 1' HUP INT PIPE TERM`,
    sh`fail() { tail -n 40 "$work/log" >&2; echo ${name} "was not built: $1 failed; what is in use stays" >&2; exit 1; }`,
    sh`[ "$(sha256sum <${src})" = ${`${sum.replace('sha256:', '')}  -`} ] || { echo ${`${src} does not have the ${sum}`} >&2; exit 1; }`,
    step('unpacking', sh`mkdir "$work/source" && tar -xf ${src} -C "$work/source" --strip-components=1`),
    sh`cd "$work/source" && rm -rf -- ${folder} && mkdir -p -- ${folder} || exit`,
    ...(configure.length === 0 ? [] : [step('configuring', sh`./configure ${filled(configure, folder)}`)]),
    step('compiling', sh`make -j "$(nproc)" ${filled(make, folder)}`),
    step('installing', sh`make ${filled(make, folder)} ${filled(install, folder)}`),
    ...(validate === undefined ? [] : [step('validating', sh`${filled(splitWords(validate), folder)}`)]),
    sh`printf '%s\\n' ${sum} >${`${folder}/.vipctl`}`,
  );
}

/** The time of the stamp tells services since when another build is in use. */
const use = ({ prefix }: Params, key: string, former: string): Command =>
  lines(
    sh`cd -- ${prefix} && touch -- ${`${key}/.vipctl`} && ln -sfn -- ${key} .current && mv -fT -- .current current || exit`,
    sh`for old in [0-9a-f]*; do case $old in ${key} | ${former || key}) ;; ????????????) [ ! -e "$old/.vipctl" ] || rm -rf -- "$old" ;; esac; done`,
  );

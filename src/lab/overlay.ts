/** The folders of one overlayfs mount: what is written goes to `upper`. */
export interface Overlay {
  readonly upper: string;
  readonly work: string;
  readonly root: string;
  /** While this file exists, and until the moment it holds (s since 1970), a program that has ended is not begun again, but then it is. */
  readonly outage?: string;
}

/**
 * The command line that shows `layers` (topmost first) under `root` and runs a program there. The mount lives in a namespace
 * of its own and goes with its processes, so it can never be left behind. A program that ends with 133 is run again: so
 * systemd-nspawn --keep-unit says that the host reboots (EXIT_FORCE_RESTART in its source).
 */
export function underOverlay(layers: readonly string[], { upper, work, root, outage = '' }: Overlay, argv: readonly string[]): string[] {
  const options = `lowerdir=${layers.join(':')},upperdir=${upper},workdir=${work}`;
  return ['unshare', '--mount', 'sh', '-c', SCRIPT, 'lab', options, root, outage, ...argv];
}

const SCRIPT = `mount -t overlay overlay -o "$1" "$2" || exit
off=$3
shift 3
powerless() {
  [ -e "$off" ] || return
  while [ -e "$off" ] && [ "$(date +%s)" -lt "$(cat "$off")" ]; do sleep 0.2; done
  rm -f -- "$off"
}
while "$@"; code=$?; [ $code -eq 133 ] || powerless; do :; done
exit $code`;

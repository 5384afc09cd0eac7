/** Parses `Key=value` lines, as `systemctl show` prints them; a later line wins. */
export function parseProperties(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/^([A-Za-z_][\w.]*)=(.*)$/gm)].map(([, key, value]) => [key, value ?? '']));
}

/** Non-empty lines without the white space around them. */
export const parseLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A line that never ends is cut here, so that a flood without line ends cannot fill the memory. */
const LONGEST = 64 * 1024;

/** Cuts a stream into lines as they are completed; empty lines and those that open with `mark` are left out. */
export class LineReader {
  readonly #mark: string;
  readonly #onLine: (line: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(mark: string, onLine: (line: string) => void) {
    this.#mark = mark;
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    let buffer = Buffer.concat([this.#rest, chunk]);
    for (let end = buffer.indexOf(0x0a); end >= 0; end = buffer.indexOf(0x0a)) {
      this.#tell(buffer.toString('utf8', 0, end));
      buffer = buffer.subarray(end + 1);
    }
    this.#rest = Buffer.from(buffer.subarray(-LONGEST));
  }

  #tell(line: string): void {
    if (line !== '' && !line.startsWith(`${this.#mark} `)) this.#onLine(line);
  }
}

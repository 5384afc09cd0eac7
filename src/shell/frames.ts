import type { CommandResult } from './batch.ts';

/** The most bytes of one answer that are kept (per stream): a probe that prints more is cut, not feared. */
export const FRAME_LIMIT = 4 * 1024 * 1024;

interface Frame {
  readonly text: string;
  readonly exitCode: number;
  readonly truncated: boolean;
}

/** Cuts one stream back into the frames of `batch`, chunk by chunk, in memory bounded by `limit` a frame. */
export class FrameReader {
  readonly frames: Frame[] = [];
  readonly #needle: Buffer;
  readonly #limit: number;
  #kept: Buffer[] = [];
  #size = 0;
  #truncated = false;
  #tail: Buffer = Buffer.alloc(0);

  constructor(mark: string, limit = FRAME_LIMIT) {
    this.#needle = Buffer.from(`\n${mark} `);
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    let buffer = Buffer.concat([this.#tail, chunk]);
    for (;;) {
      const start = buffer.indexOf(this.#needle);
      const end = start < 0 ? -1 : buffer.indexOf(0x0a, start + this.#needle.length);
      if (end < 0) {
        const settled = start < 0 ? Math.max(0, buffer.length - this.#needle.length) : start;
        this.#keep(buffer.subarray(0, settled));
        this.#tail = Buffer.from(buffer.subarray(settled));
        return;
      }
      this.#keep(buffer.subarray(0, start));
      this.#close(Number(buffer.toString('latin1', start + this.#needle.length, end)));
      buffer = buffer.subarray(end + 1);
    }
  }

  /** What came after the last complete frame: the words of a shell or a sudo that ended early. */
  rest(): string {
    return decode([...this.#kept, this.#tail]);
  }

  #keep(bytes: Buffer): void {
    const room = this.#limit - this.#size;
    if (bytes.length > room) this.#truncated = true;
    if (room <= 0 || bytes.length === 0) return;
    const part = Buffer.from(bytes.subarray(0, room));
    this.#kept.push(part);
    this.#size += part.length;
  }

  #close(exitCode: number): void {
    this.frames.push({ text: decode(this.#kept), exitCode, truncated: this.#truncated });
    this.#kept = [];
    this.#size = 0;
    this.#truncated = false;
  }
}

/** Pairs the frames of both streams into results; the first frame is what was printed before the batch began. */
export function pairFrames(stdout: FrameReader, stderr: FrameReader): CommandResult[] {
  const count = Math.min(stdout.frames.length, stderr.frames.length);
  return stdout.frames.slice(1, count).map((out, i) => {
    const err = stderr.frames[i + 1];
    const truncated = out.truncated || err?.truncated === true;
    return { exitCode: out.exitCode, stdout: out.text, stderr: err?.text ?? '', ...(truncated && { truncated }) };
  });
}

/** Decoded once per answer, so that a character split between two packets survives. */
const decode = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8');

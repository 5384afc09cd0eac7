/** Where text goes; a process stream is one. Writing never throws: a closed pipe is the caller's affair. */
export interface Output {
  write(text: string): unknown;
}

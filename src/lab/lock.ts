import { createConnection, createServer, type Server, type Socket } from 'node:net';

/**
 * Runs `work` while nobody else on this machine holds the lock of this name; `onWait` is called once if somebody does. The lock is
 * a socket in the abstract namespace (unix(7)): the kernel frees it with its holder, so it is never stale.
 */
export async function locked<T>(name: string, work: () => Promise<T>, onWait: () => void, signal?: AbortSignal): Promise<T> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => waiting.add(socket.unref()));
  for (let told = false; !(await listen(server, name)); told = true) {
    if (!told) onWait();
    signal?.throwIfAborted();
    await holderGone(name, signal);
  }
  try {
    signal?.throwIfAborted();
    return await work();
  } finally {
    server.close();
    for (const socket of waiting) socket.destroy();
  }
}

function listen(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', refused);
    server.listen(`\0${name}`, () => {
      server.off('error', refused);
      resolve(true);
    });
  });
}

/** Resolves when the holder lets go or dies: either way the kernel closes the connection. */
function holderGone(name: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(`\0${name}`);
    const leave = () => socket.destroy();
    signal?.addEventListener('abort', leave, { once: true });
    // A refused connection means that the lock has just become free: `close` follows.
    socket
      .on('error', () => undefined)
      .on('close', () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      });
    socket.resume();
  });
}

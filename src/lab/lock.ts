import { createConnection, createServer, type Server, type Socket } from 'node:net';

/**
 * Runs `work` while nobody else on this machine works on a lab. The lock is a socket in the abstract namespace (unix(7)):
 * the kernel frees it with its holder, so it is never stale.
 */
export async function locked<T>(work: () => Promise<T>, onWait: () => void, signal?: AbortSignal): Promise<T> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => waiting.add(socket.unref()));
  for (let told = false; !(await listen(server)); told = true) {
    signal?.throwIfAborted();
    if (!told) onWait();
    await holderGone(signal);
  }
  try {
    return await work();
  } finally {
    server.close();
    for (const socket of waiting) socket.destroy();
  }
}

const ADDRESS = '\0vipctl-lab';

function listen(server: Server): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', refused);
    server.listen(ADDRESS, () => {
      server.off('error', refused);
      resolve(true);
    });
  });
}

/** Resolves when the holder lets go or dies: either way the kernel closes the connection. */
function holderGone(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(ADDRESS);
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

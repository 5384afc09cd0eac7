import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server (RFC 5321) that keeps what it is given. */
export function smtpSink(host: string, port: number): Promise<{ readonly mails: readonly Mail[]; close(): void }> {
  const mails: Mail[] = [];
  const server = createServer((socket) => void receive(socket, mails).catch(unlessLeft));
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(port, host, () => resolve({ mails, close: () => void server.close() }));
  });
}

/** A client that is stopped in the midst of a mail leaves without a word, and the mail with it. */
function unlessLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
}

async function receive(socket: Socket, mails: Mail[]): Promise<void> {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let [from, to, text] = ['', [] as string[], undefined as string[] | undefined];
  say('220 sink');
  for await (const line of createInterface(socket)) {
    if (text && line !== '.') text.push(line.replace(/^\./, ''));
    else if (text) {
      mails.push({ from, to, text: text.join('\n') });
      [from, to, text] = ['', [], undefined];
      say('250 kept');
    } else if (/^DATA/i.test(line)) {
      text = [];
      say('354 go on');
    } else if (/^QUIT/i.test(line)) {
      socket.end('221 bye\r\n');
      return;
    } else {
      const [, verb, address = ''] = /^(MAIL FROM|RCPT TO):\s*<(.*)>/i.exec(line) ?? [];
      if (verb?.startsWith('M')) from = address;
      else if (verb) to.push(address);
      say('250 ok');
    }
  }
}

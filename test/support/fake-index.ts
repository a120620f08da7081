/** A Python package index on this machine alone, with one file, and any of the faults that indexes have. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createServer as createPlainServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createEncryptedServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';

/** How the index behaves from now on. */
export interface IndexBehaviour {
  /** `html` is all that older indexes speak; `html without hashes` what a plain folder listing is. */
  format: 'json' | 'html' | 'html without hashes';
  /** Each answer with the file ends after so many bytes. */
  breaksAfter: number | undefined;
  /** Whether the file has moved. */
  redirects: boolean;
  /** `user:password`, which every request has to bring. */
  password: string | undefined;
  /** What is untrue: the hash that it tells, or the file that it sends. */
  lies: 'hash' | 'content' | undefined;
  /** So many requests are answered with 503. */
  busy: number;
}

/** A running index. */
export interface FakeIndex {
  readonly host: string;
  readonly behaviour: IndexBehaviour;
  /** Every request so far. */
  readonly requests: { path: string; range: string | undefined; authorization: string | undefined }[];
  close(): Promise<void>;
}

/** A running proxy, and the hosts it was asked for. */
export interface FakeProxy {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

/** What an encrypted index shows; nobody else trusts it. */
export const CERTIFICATE = fileURLToPath(new URL('../fixtures/loopback-tls/certificate.pem', import.meta.url));
const KEY = fileURLToPath(new URL('../fixtures/loopback-tls/key.pem', import.meta.url));

/**
 * Starts an index.
 *
 * @param name of the file that it offers, `tensorflow_cpu-9.9.9-...whl`
 * @param isEncrypted whether it speaks HTTPS
 */
export async function startFakeIndex(name: string, content: Buffer, isEncrypted = false): Promise<FakeIndex> {
  const behaviour: IndexBehaviour = {
    format: 'json',
    breaksAfter: undefined,
    redirects: false,
    password: undefined,
    lies: undefined,
    busy: 0,
  };
  const requests: FakeIndex['requests'] = [];
  const answer = (asked: IncomingMessage, response: ServerResponse): void => {
    const path = asked.url ?? '/';
    const { range, authorization } = asked.headers;
    requests.push({ path, range, authorization });
    const { format, password, lies, redirects, breaksAfter } = behaviour;
    if (behaviour.busy-- > 0) return void response.writeHead(503).end();
    if (password !== undefined && authorization !== `Basic ${Buffer.from(password).toString('base64')}`) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
    }
    const sha256 = lies === 'hash' ? 'f'.repeat(64) : createHash('sha256').update(content).digest('hex');
    if (path === '/simple/tensorflow-cpu/') {
      if (format === 'json') {
        const files = [{ filename: 'other-1.0.zip', url: 'other-1.0.zip', hashes: {} }];
        const ours = { filename: name, url: `../../files/${name}`, hashes: { sha256 } };
        response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' });
        return void response.end(JSON.stringify({ meta: { 'api-version': '1.1' }, files: [...files, ours] }));
      }
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      const hash = format === 'html' ? `#sha256=${sha256}` : '';
      return void response.end(
        `<!DOCTYPE html><html><body><a href="../other-1.0.zip">other</a>\n<a data-requires-python="&gt;=3.9" href="/files/${name}${hash}">${name}</a></body></html>`,
      );
    }
    if (path === `/files/${name}` && redirects)
      return void response.writeHead(302, { location: `/moved/${name}` }).end();
    if (path !== `/files/${name}` && path !== `/moved/${name}`) return void response.writeHead(404).end();
    const start = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const sent = lies === 'content' ? Buffer.alloc(content.length, 'x') : content;
    const rest = sent.subarray(start);
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': rest.length });
    if (breaksAfter === undefined || rest.length <= breaksAfter) return void response.end(rest);
    response.write(rest.subarray(0, breaksAfter), () => setTimeout(() => response.destroy(), 50));
  };
  const server = isEncrypted
    ? createEncryptedServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, answer)
    : createPlainServer(answer);
  const host = await listen(server);
  return { host, behaviour, requests, close: () => stop(server) };
}

/** Starts a proxy that takes both ways: asking in the client's place, and a tunnel. */
export async function startFakeProxy(): Promise<FakeProxy> {
  const asked: string[] = [];
  const server = createPlainServer((incoming, response) => {
    const url = new URL(incoming.url ?? '');
    asked.push(url.host);
    const onward = request(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  server.on('connect', ({ url = '' }: IncomingMessage, client) => {
    asked.push(url);
    const [host, port] = url.split(':');
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  const host = await listen(server);
  return { url: `http://${host}`, asked, close: () => stop(server) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

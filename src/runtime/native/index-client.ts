/** The way to a package index: certificates, proxies, passwords and redirections, as pip takes them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type { WebAnswer } from '../download.js';
import type { IndexSettings } from './index-settings.js';

/** Asks servers, and holds connections to them until it is closed. */
export interface IndexClient {
  /** @returns the answer, and the address that gave it in the end */
  open(
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<WebAnswer & { readonly url: string; readonly type: string }>;
  close(): Promise<void>;
}

const REDIRECTIONS = [301, 302, 303, 307, 308];
const MOST_REDIRECTIONS = 10;

/** Makes a client. */
export function createIndexClient(settings: IndexSettings): IndexClient {
  const certificates = settings.certificates === undefined ? undefined : readCertificates(settings.certificates);
  const dispatchers = new Map<string, Dispatcher>();
  const dispatcherFor = (url: URL): Dispatcher => {
    const isTrusted = settings.trustedHosts.some((host) => host === url.host || host === url.hostname);
    const kind = `${url.protocol} ${isTrusted}`;
    const tls = isTrusted ? { rejectUnauthorized: false } : certificates === undefined ? {} : { ca: certificates };
    const found = dispatchers.get(kind) ?? makeDispatcher(settings, url.protocol, tls);
    dispatchers.set(kind, found);
    return found;
  };
  const passwords = settings.indexes.map((index) => new URL(index)).filter(({ username }) => username !== '');

  const authorization = (url: URL): string | undefined => {
    const known = url.username === '' ? passwords.find(({ host }) => host === url.host) : url;
    if (known !== undefined) return basic(decodeURIComponent(known.username), decodeURIComponent(known.password));
    return fromNetrc(settings.netrc, url.hostname);
  };

  return {
    async open(address, headers, signal) {
      let url = new URL(address);
      for (let i = 0; i <= MOST_REDIRECTIONS; i++) {
        const secret = authorization(url);
        const plain = new URL(url);
        plain.username = '';
        plain.password = '';
        const {
          statusCode,
          headers: answered,
          body,
        } = await request(plain, {
          headers: {
            'user-agent': 'voiceproof',
            ...headers,
            ...(secret === undefined ? {} : { authorization: secret }),
          },
          dispatcher: dispatcherFor(url),
          signal,
        });
        const { location } = answered;
        if (!REDIRECTIONS.includes(statusCode) || typeof location !== 'string') {
          return { status: statusCode, body, url: plain.href, type: String(answered['content-type'] ?? '') };
        }
        await body.dump();
        const next = new URL(location, url);
        if (url.protocol === 'https:' && next.protocol === 'http:') {
          throw new Error(`redirected from ${url.origin} to ${next.origin}, which is not encrypted`);
        }
        url = next;
      }
      throw new Error(`redirected more than ${MOST_REDIRECTIONS} times`);
    },
    async close() {
      await Promise.all([...dispatchers.values()].map((each) => each.destroy()));
    },
  };
}

interface TlsOptions {
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
}

function makeDispatcher(settings: IndexSettings, protocol: string, tls: TlsOptions): Dispatcher {
  const { http, https, none } = settings.proxyOfEnvironment;
  const proxy = settings.proxy ?? (protocol === 'https:' ? https : http);
  if (proxy === undefined) return new Agent({ connect: tls });
  // It may be written as host and port alone.
  const address = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
  return new EnvHttpProxyAgent({
    httpProxy: address,
    httpsProxy: address,
    // A proxy of pip's own is for everything.
    noProxy: settings.proxy === undefined ? (none ?? '') : '',
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
    // As every client does: the proxy itself asks for what is not encrypted.
    proxyTunnel: false,
  });
}

function readCertificates(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
  const files = readdirSync(path).map((name) => join(path, name));
  return files
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => readFileSync(file, 'utf8'))
    .filter((text) => text.includes('BEGIN CERTIFICATE'))
    .join('\n');
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** The password for a host in a netrc file, or the one that it has for hosts that it does not name. */
function fromNetrc(path: string, host: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  for (const entry of text.replace(/^\s*#.*$/gm, '').split(/\b(?=machine\s|default\b)/)) {
    const words = entry.trim().split(/\s+/);
    if (words[0] !== 'default' && !(words[0] === 'machine' && words[1] === host)) continue;
    const after = (name: string) => words[words.indexOf(name, 1) + 1];
    if (words.includes('login') && words.includes('password')) {
      return basic(after('login') ?? '', after('password') ?? '');
    }
  }
  return undefined;
}

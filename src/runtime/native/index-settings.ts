/**
 * Where a Python package index is, and how it is to be reached, as pip and uv have been told: their environment variables
 * and configuration files, read without either.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse as parseToml } from 'smol-toml';

/** What has been set, with pip's own defaults for the rest. */
export interface IndexSettings {
  /** Addresses of indexes, the preferred one first; each may hold a user and a password. */
  readonly indexes: readonly string[];
  /** Folders and pages where wheels lie. */
  readonly findLinks: readonly string[];
  /** A file or folder of certificates, in the place of Node's own. */
  readonly certificates: string | undefined;
  /** A proxy for everything. Without one, the environment's proxies are used. */
  readonly proxy: string | undefined;
  readonly proxyOfEnvironment: {
    readonly http: string | undefined;
    readonly https: string | undefined;
    readonly none: string | undefined;
  };
  /** Hosts, or hosts with ports, whose certificates are not checked. */
  readonly trustedHosts: readonly string[];
  /** A file of passwords by host. */
  readonly netrc: string;
  /** What only pip can do, in words; where it is set, pip is to be asked. */
  readonly needsPip: string | undefined;
}

/** Where Python packages come from if nobody says otherwise. */
const DEFAULT_INDEX = 'https://pypi.org/simple/';

type Section = Readonly<Record<string, string>>;

/** Reads the settings. A file that is not there, or can't be read, sets nothing. */
export function readIndexSettings(environment: NodeJS.ProcessEnv): IndexSettings {
  const home = environment.HOME ?? environment.USERPROFILE ?? homedir();
  const pip = pipOptions(environment, home);
  const uv = uvOptions(environment, home);
  const variable = (...names: string[]) => names.map((name) => environment[name]).find((value) => value);
  const own = pip('index-url') ?? uv.index;
  const indexes = [own ?? DEFAULT_INDEX, ...words(pip('extra-index-url')), ...uv.extra];
  const isWeb = (address: string) => /^https?:/i.test(address) && URL.canParse(address);
  return {
    indexes: indexes.filter(isWeb),
    findLinks: words(pip('find-links')),
    certificates: pip('cert') ?? variable('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'SSL_CERT_DIR'),
    proxy: pip('proxy'),
    proxyOfEnvironment: {
      http: variable('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'),
      https: variable('https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'),
      none: variable('no_proxy', 'NO_PROXY'),
    },
    trustedHosts: words(pip('trusted-host')),
    netrc: environment.NETRC ?? join(home, '.netrc'),
    needsPip:
      pip('client-cert') !== undefined
        ? 'a client certificate'
        : isTrue(pip('no-index'))
          ? 'no index'
          : own !== undefined && !isWeb(own)
            ? `an index that is no web address, ${own}`
            : undefined,
  };
}

/** pip's options: from the environment, else from its files, of which the last that says something counts. */
function pipOptions(environment: NodeJS.ProcessEnv, home: string): (name: string) => string | undefined {
  const sections = pipFiles(environment, home).map((path) => parseIni(textOf(path)));
  return (name) => {
    const value = environment[`PIP_${name.toUpperCase().replaceAll('-', '_')}`];
    if (value) return value;
    // What is set for the one command counts more than what is set for all, wherever it stands.
    for (const section of ['download', 'global']) {
      const found = sections.map((file) => file[section]?.[name]).filter((each) => each !== undefined);
      if (found.length > 0) return found.at(-1);
    }
    return undefined;
  };
}

/** pip's files, the one that counts most last. */
function pipFiles(environment: NodeJS.ProcessEnv, home: string): string[] {
  const named = environment.PIP_CONFIG_FILE;
  // The way to have no files at all.
  if (named === '/dev/null' || named?.toLowerCase() === 'nul') return [];
  const venv = environment.VIRTUAL_ENV;
  const last = named === undefined ? [] : [named];
  if (process.platform === 'win32') {
    const common = environment.ProgramData ?? 'C:\\ProgramData';
    return [
      join(common, 'pip/pip.ini'),
      join(home, 'pip/pip.ini'),
      join(environment.APPDATA ?? join(home, 'AppData/Roaming'), 'pip/pip.ini'),
      ...(venv === undefined ? [] : [join(venv, 'pip.ini')]),
      ...last,
    ];
  }
  const shared = (environment.XDG_CONFIG_DIRS || '/etc/xdg').split(delimiter).reverse();
  const ofMac = process.platform === 'darwin';
  return [
    ...(ofMac ? ['/Library/Application Support/pip/pip.conf'] : shared.map((folder) => join(folder, 'pip/pip.conf'))),
    '/etc/pip.conf',
    join(home, '.pip/pip.conf'),
    join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'pip/pip.conf'),
    ...(ofMac ? [join(home, 'Library/Application Support/pip/pip.conf')] : []),
    ...(venv === undefined ? [] : [join(venv, 'pip.conf')]),
    ...last,
  ];
}

/** uv's indexes: from the environment, else from its files. */
function uvOptions(environment: NodeJS.ProcessEnv, home: string): { index: string | undefined; extra: string[] } {
  const named = environment.UV_CONFIG_FILE;
  const configuration = environment.XDG_CONFIG_HOME || join(home, '.config');
  const files =
    environment.UV_NO_CONFIG === undefined ? [named ?? join(configuration, 'uv/uv.toml'), '/etc/uv/uv.toml'] : [];
  const tables = files.map((path) => tomlOf(path));
  const listed = tables.flatMap(({ index }) => (Array.isArray(index) ? (index as unknown[]) : [])).filter(isTable);
  const isDefault = (table: Record<string, unknown>) => table.default === true;
  const urlsOf = (entries: Record<string, unknown>[]) => entries.map(({ url }) => url).filter(isText);
  const everywhere = tables.flatMap((table) => [table, isTable(table.pip) ? table.pip : {}]);
  return {
    index:
      environment.UV_DEFAULT_INDEX?.replace(/^[\w.-]+=/, '') ||
      environment.UV_INDEX_URL ||
      urlsOf(listed.filter(isDefault))[0] ||
      everywhere.map((table) => table['index-url']).find(isText),
    extra: [
      // "name=address" has a name.
      ...words(environment.UV_INDEX).map((each) => each.replace(/^[\w.-]+=/, '')),
      ...words(environment.UV_EXTRA_INDEX_URL),
      ...urlsOf(listed.filter((table) => !isDefault(table))),
      ...everywhere.flatMap((table) => table['extra-index-url']).filter(isText),
    ],
  };
}

/** Python's dialect of INI, as far as pip uses it: a value goes on in the indented lines that follow. */
function parseIni(text: string): Readonly<Record<string, Section>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;].*)?$/.test(line)) continue;
    const header = /^\[(.+)\]/.exec(line)?.[1];
    const option = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) {
      section = sections[header] ??= {};
      key = undefined;
    } else if (/^\s/.test(line) && key !== undefined) {
      section[key] = `${section[key]}\n${line.trim()}`;
    } else if (option !== null) {
      key = (option[1] as string).toLowerCase().replaceAll('_', '-');
      section[key] = (option[2] as string).trim();
    }
  }
  return sections;
}

function tomlOf(path: string): Record<string, unknown> {
  try {
    return parseToml(textOf(path));
  } catch {
    return {};
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function isTrue(text: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(text ?? '');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

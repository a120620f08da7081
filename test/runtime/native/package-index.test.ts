import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import { fetchLibrary } from '../../../src/runtime/native/fetch.js';
import {
  CERTIFICATE,
  type FakeIndex,
  type FakeProxy,
  startFakeIndex,
  startFakeProxy,
} from '../../support/fake-index.js';
import { createFakeMachine, type FakeMachine } from '../../support/fake-wheels.js';
import { createRecordingLogger, type RecordingLogger } from '../../support/recording-logger.js';

const NAME = 'tensorflow_cpu-9.9.9-cp311-cp311-manylinux_2_27_x86_64.whl';

let machine: FakeMachine;
let logger: RecordingLogger;
let index: FakeIndex;
let proxy: FakeProxy;
beforeEach(async () => {
  machine = createFakeMachine();
  logger = createRecordingLogger();
  index = await startFakeIndex(NAME, readFileSync(machine.wheelPath));
  proxy = await startFakeProxy();
});
afterEach(async () => {
  await index.close();
  await proxy.close();
  machine.remove();
});

/** There is no Python, no pip and no uv on the path of any of these tests but the last ones. */
const fetch = (environment: NodeJS.ProcessEnv = { PIP_INDEX_URL: `http://${index.host}/simple/` }) =>
  fetchLibrary({
    cacheDirectory: machine.cacheDirectory,
    wheels: machine.wheels,
    logger,
    environment: { ...machine.environment, PIP_INDEX_URL: '', ...environment },
  });
const framework = () =>
  readFileSync(
    join(machine.cacheDirectory, 'engine', machine.wheels.id, 'tensorflow/libtensorflow_framework.so.2'),
    'utf8',
  );
const downloads = () => {
  const folder = join(machine.cacheDirectory, 'engine/downloads');
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe('an index', () => {
  it.each(['json', 'html', 'html without hashes'] as const)('gives the wheel in %s', async (format) => {
    index.behaviour.format = format;
    await fetch();
    expect(framework()).toBe('the framework');
    expect(downloads()).toEqual([]);
    expect(index.requests.map(({ path }) => path)).toEqual(['/simple/tensorflow-cpu/', `/files/${NAME}`]);
    expect(machine.calls()).toEqual([]);
    expect(logger.openDisplays()).toBe(0);
  });

  it('that breaks off is asked for the rest', async () => {
    const { length } = readFileSync(machine.wheelPath);
    index.behaviour.breaksAfter = Math.ceil(length / 3);
    await fetch();
    expect(framework()).toBe('the framework');
    const starts = index.requests.slice(1).map(({ range }) => Number(/\d+/.exec(range ?? '0')?.[0]));
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.length).toBeGreaterThanOrEqual(3);
    expect(starts.at(-1)).toBeGreaterThan(length / 2);
  });

  it('that broke off for good is asked for the rest by the next process', async () => {
    const { length } = readFileSync(machine.wheelPath);
    const folder = join(machine.cacheDirectory, 'engine/downloads');
    mkdirSync(folder, { recursive: true });
    const part = join(folder, `${machine.wheels.wheels[0]?.sha256}.whl.part`);
    writeFileSync(part, readFileSync(machine.wheelPath).subarray(0, length - 100));
    await fetch();
    expect(framework()).toBe('the framework');
    expect(index.requests.at(-1)?.range).toBe(`bytes=${length - 100}-`);
  });

  it('is not the worse for a damaged rest of an earlier attempt', async () => {
    const folder = join(machine.cacheDirectory, 'engine/downloads');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${machine.wheels.wheels[0]?.sha256}.whl.part`), 'damaged');
    await fetch();
    expect(framework()).toBe('the framework');
  });

  it('that is busy for a moment is asked again', async () => {
    index.behaviour.busy = 2;
    await fetch();
    expect(framework()).toBe('the framework');
  });

  it('may send elsewhere', async () => {
    index.behaviour.redirects = true;
    await fetch();
    expect(index.requests.at(-1)?.path).toBe(`/moved/${NAME}`);
    expect(framework()).toBe('the framework');
  });

  it.each(['hash', 'content'] as const)('that lies about the %s is not believed', async (lies) => {
    machine.addProgram('pip3');
    index.behaviour.lies = lies;
    const error = await fetch().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as Error).message).toMatch(
      /^engine: tensorflow-cpu 9\.9\.9 from http:.*expected sha256 [0-9a-f]{12}\.\.\., got [0-9a-f]{12}\.\.\..*; check pip's index settings, or install/,
    );
    expect(downloads()).toEqual([]);
    expect(existsSync(join(machine.cacheDirectory, 'engine', machine.wheels.id))).toBe(false);
    // pip would be told the same.
    expect(machine.calls()).toEqual([]);
  });
});

describe('a password', () => {
  beforeEach(() => {
    index.behaviour.password = 'ada:se cret/7';
  });

  it('comes from the address of the index, and is in no message', async () => {
    const withPassword = (password: string) => `http://ada:${password}@${index.host}/simple`;
    await expect(fetch({ PIP_INDEX_URL: withPassword('wrong') })).rejects.toThrow(
      /from http:\/\/127[^@]*: the server answered 401: it asks for a user and password; put them into/,
    );
    await fetch({ PIP_INDEX_URL: withPassword('se%20cret%2F7') });
    expect(framework()).toBe('the framework');
  });

  it('comes from netrc', async () => {
    index.behaviour.password = 'ada:secret';
    writeFileSync(
      join(machine.root, '.netrc'),
      'machine elsewhere login eve password no\nmachine 127.0.0.1\n  login ada\n  password secret\n',
    );
    await fetch();
    expect(framework()).toBe('the framework');
  });

  it('does not go to another host', async () => {
    const other = await startFakeIndex(NAME, readFileSync(machine.wheelPath));
    index.behaviour.password = undefined;
    await fetch({
      PIP_INDEX_URL: `http://ada:secret@127.0.0.1:9/simple`,
      PIP_EXTRA_INDEX_URL: `http://${other.host}/simple`,
    });
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
    await other.close();
  });
});

describe('the index is named', () => {
  const address = () => `http://${index.host}/simple`;
  const file = (path: string, text: string): void => {
    mkdirSync(join(machine.root, path, '..'), { recursive: true });
    writeFileSync(join(machine.root, path), text);
  };
  const named: readonly [string, () => NodeJS.ProcessEnv][] = [
    ['PIP_INDEX_URL', () => ({ PIP_INDEX_URL: address(), UV_INDEX_URL: 'http://127.0.0.1:9/uv' })],
    ['PIP_EXTRA_INDEX_URL', () => ({ PIP_INDEX_URL: 'http://127.0.0.1:9/none', PIP_EXTRA_INDEX_URL: address() })],
    ['UV_DEFAULT_INDEX', () => ({ UV_DEFAULT_INDEX: `mine=${address()}` })],
    ['UV_INDEX_URL', () => ({ UV_INDEX_URL: address() })],
    [
      'pip.conf of the user',
      () => {
        file('.config/pip/pip.conf', `; a comment\n[global]\nindex-url = ${address()}/\ntimeout: 60\n`);
        return { PIP_CONFIG_FILE: undefined };
      },
    ],
    [
      'pip.conf of a virtual environment, for one command, on two lines',
      () => {
        file('.config/pip/pip.conf', '[global]\nindex-url = http://127.0.0.1:9/user\n');
        file('venv/pip.conf', `[download]\nindex-url = http://127.0.0.1:9/none\nextra-index-url =\n    ${address()}\n`);
        return { PIP_CONFIG_FILE: undefined, VIRTUAL_ENV: join(machine.root, 'venv') };
      },
    ],
    [
      'PIP_CONFIG_FILE',
      () => {
        file('.config/pip/pip.conf', '[global]\nindex-url = http://127.0.0.1:9/user\n');
        file('named.conf', `[global]\nindex_url=${address()}\n`);
        return { PIP_CONFIG_FILE: join(machine.root, 'named.conf') };
      },
    ],
    [
      'uv.toml',
      () => {
        file('.config/uv/uv.toml', `[[index]]\nname = "mine"\nurl = "${address()}"\ndefault = true\n`);
        return { UV_NO_CONFIG: undefined };
      },
    ],
    [
      'the pip table of uv.toml',
      () => {
        file('uv.toml', `[pip]\nindex-url = "${address()}"\n`);
        return { UV_NO_CONFIG: undefined, UV_CONFIG_FILE: join(machine.root, 'uv.toml') };
      },
    ],
  ];

  it.each(named)('by %s', async (_name, environment) => {
    await fetch(environment());
    expect(framework()).toBe('the framework');
  });
});

describe('the way to it', () => {
  it.each([
    ['HTTP_PROXY', () => ({ HTTP_PROXY: proxy.url })],
    ["pip's own", () => ({ PIP_PROXY: proxy.url.replace('http://', ''), NO_PROXY: '127.0.0.1' })],
  ] as const)('goes through a proxy named by %s', async (_name, environment) => {
    await fetch({ PIP_INDEX_URL: `http://${index.host}/simple`, ...environment() });
    expect(new Set(proxy.asked)).toEqual(new Set([index.host]));
    expect(framework()).toBe('the framework');
  });

  it('passes the proxy by where NO_PROXY says so', async () => {
    await fetch({ PIP_INDEX_URL: `http://${index.host}/simple`, HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
    expect(proxy.asked).toEqual([]);
  });

  describe('encrypted', () => {
    let encrypted: FakeIndex;
    beforeEach(async () => {
      encrypted = await startFakeIndex(NAME, readFileSync(machine.wheelPath), true);
    });
    afterEach(() => encrypted.close());
    const at = () => ({ PIP_INDEX_URL: `https://${encrypted.host}/simple` });

    it('is not taken where nobody vouches for the index', async () => {
      await expect(fetch(at())).rejects.toThrow(/can't be reached \(.*certificate/);
      expect(encrypted.requests).toEqual([]);
    });

    it.each([
      ['PIP_CERT', () => ({ PIP_CERT: CERTIFICATE })],
      ['REQUESTS_CA_BUNDLE', () => ({ REQUESTS_CA_BUNDLE: CERTIFICATE })],
      ['SSL_CERT_FILE', () => ({ SSL_CERT_FILE: CERTIFICATE })],
      ['a folder', () => ({ SSL_CERT_DIR: dirname(CERTIFICATE) })],
      ["pip's trusted hosts", () => ({ PIP_TRUSTED_HOST: '127.0.0.1' })],
    ] as const)('is vouched for by %s', async (_name, environment) => {
      await fetch({ ...at(), ...environment() });
      expect(framework()).toBe('the framework');
    });

    it('goes through the tunnel of a proxy', async () => {
      await fetch({ ...at(), PIP_CERT: CERTIFICATE, HTTPS_PROXY: proxy.url });
      expect(new Set(proxy.asked)).toEqual(new Set([encrypted.host]));
      expect(framework()).toBe('the framework');
    });
  });

  it('ends at certificates that are not there', async () => {
    await expect(fetch({ PIP_INDEX_URL: `http://${index.host}/simple`, PIP_CERT: '/nowhere.pem' })).rejects.toThrow(
      /\/nowhere\.pem: the certificates can't be read/,
    );
  });

  it('is no way where a folder has the wheel', async () => {
    const folder = join(machine.root, 'wheels');
    mkdirSync(folder);
    writeFileSync(join(folder, NAME), readFileSync(machine.wheelPath));
    await fetch({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder });
    expect(framework()).toBe('the framework');
    expect(index.requests).toEqual([]);
  });
});

describe('pip', () => {
  beforeEach(() => machine.addProgram('pip3'));

  it('is not asked where the index has the wheel', async () => {
    await fetch();
    expect(machine.calls()).toEqual([]);
  });

  it.each([
    ['the index has nothing', () => ({ PIP_INDEX_URL: `http://${index.host}/other` })],
    ['the index does not answer', () => ({ PIP_INDEX_URL: 'http://127.0.0.1:9/' })],
    [
      'a client certificate is asked for',
      () => ({ PIP_INDEX_URL: `http://${index.host}/simple`, PIP_CLIENT_CERT: 'c.pem' }),
    ],
  ])('is asked where %s', async (_name, environment) => {
    await fetch(environment());
    expect(machine.calls().some((call) => call.startsWith('pip3 download'))).toBe(true);
    expect(framework()).toBe('the framework');
  });
});

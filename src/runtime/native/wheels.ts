/**
 * The pinned wheels that hold TensorFlow's C library, as data.
 *
 * A wheel is taken for the shared libraries inside it alone, so its CPython tag says nothing about the Python on the
 * machine. Nothing here names where a wheel is served from: that is pip's configuration, and so the user's choice.
 */

/** Which processor a build of the library can use beside the CPU. */
export type Variant = 'cpu' | 'cuda';

/** One wheel: what to ask pip for, and how to know it again. */
export interface PinnedWheel {
  readonly project: string;
  readonly version: string;
  /** The platform tag to ask for. */
  readonly platform: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** The wheels that make up one usable library folder. */
export interface WheelSet {
  /** Names the folder in the cache; another TensorFlow, platform or variant is another folder. */
  readonly id: string;
  readonly version: string;
  readonly variant: Variant;
  readonly wheels: readonly PinnedWheel[];
  /** What stays on disk once unpacked. */
  readonly unpackedBytes: number;
}

/** The TensorFlow release that Voiceproof is tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

/** The CPython tag asked for. Any would do. */
export const PYTHON_TAG_VERSION = '3.11';

const megabyte = 1_000_000;

const tensorflow = (project: string, platform: string, bytes: number, sha256: string): PinnedWheel => ({
  project,
  version: TENSORFLOW_VERSION,
  platform,
  bytes,
  sha256,
});

const companion = (name: string, version: string, platform: string, bytes: number, sha256: string): PinnedWheel => ({
  project: `nvidia-${name}-cu12`,
  version,
  platform,
  bytes,
  sha256,
});

/** What the CUDA 12 build opens at run time. Its search paths expect them beside it, under `nvidia/<name>/lib`. */
const CUDA_COMPANIONS: readonly PinnedWheel[] = [
  companion(
    'cublas',
    '12.9.3.13',
    'manylinux_2_27_x86_64',
    581_217_458,
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  companion(
    'cuda-cupti',
    '12.9.79',
    'manylinux_2_25_x86_64',
    10_814_997,
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  ),
  companion(
    'cuda-nvcc',
    '12.9.86',
    'manylinux2010_x86_64',
    40_546_229,
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  companion(
    'cuda-nvrtc',
    '12.9.86',
    'manylinux2010_x86_64',
    89_568_129,
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  companion(
    'cuda-runtime',
    '12.9.79',
    'manylinux2014_x86_64',
    3_493_179,
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  companion(
    'cudnn',
    '9.28.0.42',
    'manylinux_2_27_x86_64',
    716_538_495,
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  companion(
    'cufft',
    '11.4.1.4',
    'manylinux2014_x86_64',
    200_877_592,
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  companion(
    'curand',
    '10.3.10.19',
    'manylinux_2_27_x86_64',
    68_295_626,
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  companion(
    'cusolver',
    '11.7.5.82',
    'manylinux_2_27_x86_64',
    338_117_415,
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  companion(
    'cusparse',
    '12.5.10.65',
    'manylinux2014_x86_64',
    366_465_088,
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  companion(
    'nccl',
    '2.32.3',
    'manylinux_2_27_x86_64',
    351_526_311,
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  companion(
    'nvjitlink',
    '12.9.86',
    'manylinux2010_x86_64',
    39_748_338,
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];

const SETS: readonly (Omit<WheelSet, 'id' | 'version'> & { readonly machine: string })[] = [
  {
    machine: 'linux-x64',
    variant: 'cpu',
    unpackedBytes: 854 * megabyte,
    wheels: [
      tensorflow(
        'tensorflow-cpu',
        'manylinux_2_27_x86_64',
        273_829_956,
        '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      ),
    ],
  },
  {
    machine: 'linux-x64',
    variant: 'cuda',
    unpackedBytes: 5_290 * megabyte,
    wheels: [
      tensorflow(
        'tensorflow',
        'manylinux_2_27_x86_64',
        572_440_367,
        '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      ),
      ...CUDA_COMPANIONS,
    ],
  },
  {
    machine: 'linux-arm64',
    variant: 'cpu',
    unpackedBytes: 884 * megabyte,
    wheels: [
      tensorflow(
        'tensorflow',
        'manylinux_2_27_aarch64',
        281_828_020,
        '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
      ),
    ],
  },
  {
    machine: 'darwin-arm64',
    variant: 'cpu',
    unpackedBytes: 741 * megabyte,
    wheels: [
      tensorflow(
        'tensorflow',
        'macosx_12_0_arm64',
        223_405_849,
        '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
      ),
    ],
  },
];

/**
 * The wheels for a machine, or undefined where none are pinned: Macs with Intel processors (no release is built for
 * them) and Windows, whose wheel holds a library that demands the Python DLL of its own tag and so is of use only
 * inside an installed Python.
 *
 * @param platform as `process.platform`
 * @param arch as `process.arch`
 */
export function wheelSetFor(platform: string, arch: string, variant: Variant): WheelSet | undefined {
  const machine = `${platform}-${arch}`;
  const found = SETS.find((set) => set.machine === machine && set.variant === variant);
  if (found === undefined) return undefined;
  const { wheels, unpackedBytes } = found;
  return {
    id: `tensorflow-${TENSORFLOW_VERSION}-${machine}-${variant}`,
    version: TENSORFLOW_VERSION,
    variant,
    wheels,
    unpackedBytes,
  };
}

/**
 * Whether a file of a wheel is needed to run: TensorFlow's two libraries, what the CUDA build opens by name, the two
 * tools its compiler calls, and every licence.
 *
 * @param path as the archive names it, with forward slashes
 */
export function isNeeded(path: string): boolean {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(path)) return true;
  if (/^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+)$/.test(path)) return true;
  if (/^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/.test(path))
    return !/libcusolverMg|libcufftw|libnvblas|\.alt\./.test(path);
  return /^(tensorflow\/THIRD_PARTY_NOTICES\.txt|[^/]+\.dist-info\/(.*\/)?(licen[cs]e|notice)[^/]*)$/i.test(path);
}

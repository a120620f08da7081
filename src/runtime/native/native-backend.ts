/**
 * TensorFlow.js on TensorFlow's C library: tfjs-node's own backend and kernels (JavaScript), over our binding instead
 * of its C++ addon. See docs/adr/0001-native-engine-by-ffi.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { EngineError } from '../errors.js';
import { NativeBinding, type TensorFlowBinding } from './binding.js';
import { type LibraryFiles, libraryFilesIn, loadCApi } from './c-api.js';
import { type Device, EngineContext } from './context.js';
import { NATIVE_BACKEND } from './kernel-backend.js';
import type { PointerCounts } from './ledger.js';
import { restoreRemovedNodeFunctions } from './node-compatibility.js';
import { setLogLevel, withStderrAside } from './quiet-start.js';

/** How the engine is to compute. Absent fields keep TensorFlow's own choice. */
export interface NativeOptions {
  /** `auto` takes a CUDA GPU where the library sees one, else the CPU. Default `auto`. */
  readonly device?: 'auto' | 'cpu' | 'cuda';
  /** Threads inside one op, at least 1; all cores by default. The first engine of a process decides: TensorFlow keeps one pool. */
  readonly intraOpThreads?: number | undefined;
  /** Ops run side by side, at least 1. As above. */
  readonly interOpThreads?: number | undefined;
  /** Takes GPU memory as needed instead of all at once. Default true. */
  readonly memoryGrowth?: boolean | undefined;
  /** The GPUs to use, by index, the first of them for computing. */
  readonly visibleDevices?: readonly number[];
  /** Lets the library's own messages through to stderr, for someone who looks for a fault. Default false. */
  readonly showMessages?: boolean;
}

/** A running engine. */
export interface NativeBackend {
  /** TensorFlow's version, such as `2.21.0`. */
  readonly version: string;
  readonly devices: readonly Device[];
  readonly usesGpu: boolean;
  readonly binding: TensorFlowBinding;
  /** Tensors alive in TensorFlow's memory. */
  liveHandles(): number;
  /** Everything alive in the C library that is ours to free, by kind. */
  livePointers(): PointerCounts;
  /** Frees it all and takes the backend out of tfjs. A second call does nothing. */
  close(): void;
}

let running: NativeBackend | undefined;

/**
 * Loads TensorFlow's C library and makes it tfjs's backend.
 *
 * @param library the folder that holds it, or its files
 * @throws EngineError where the library can't be loaded, `cuda` is asked for and no GPU is seen, or an engine runs
 */
export async function startNativeBackend(
  library: string | LibraryFiles,
  options: NativeOptions = {},
): Promise<NativeBackend> {
  if (running !== undefined) throw new EngineError('engine: it is running already; close it before starting another');
  const files = typeof library === 'string' ? libraryFilesIn(library) : library;
  if (files === undefined) {
    throw new EngineError(`engine: ${library}: expected TensorFlow's C library in this folder, found none`);
  }
  const engine = openEngine(files, options);
  const binding = new NativeBinding(engine);
  const close = () => {
    if (running === backend) running = undefined;
    if (tf.findBackendFactory(NATIVE_BACKEND) !== null) tf.removeBackend(NATIVE_BACKEND);
    binding.close();
    engine.close();
  };
  const backend: NativeBackend = {
    version: binding.TF_Version,
    devices: engine.devices,
    usesGpu: engine.gpu !== undefined,
    binding,
    liveHandles: () => binding.getNumOfTensors(),
    livePointers: () => engine.ledger.counts(),
    close,
  };
  running = backend;
  try {
    await register(binding);
  } catch (error) {
    close();
    throw error;
  }
  return backend;
}

function openEngine(files: LibraryFiles, options: NativeOptions): EngineContext {
  const device = options.device ?? 'auto';
  const config = {
    hideGpus: device === 'cpu',
    intraOpThreads: options.intraOpThreads,
    interOpThreads: options.interOpThreads,
    memoryGrowth: options.memoryGrowth ?? true,
    visibleDevices: options.visibleDevices,
  };
  const open = () => new EngineContext(loadCApi(files), config);
  setLogLevel(options.showMessages === true ? 0 : 3);
  const engine = options.showMessages === true ? open() : withStderrAside(open);
  if (device === 'cuda' && engine.gpu === undefined) {
    const seen = engine.devices.map(({ type }) => type).join(', ');
    engine.close();
    throw new EngineError(
      `engine: device cuda: TensorFlow sees no GPU (devices: ${seen}); use its CUDA build with the NVIDIA driver and libraries, or device cpu`,
    );
  }
  return engine;
}

async function register(binding: TensorFlowBinding): Promise<void> {
  restoreRemovedNodeFunctions();
  const { NodeJSKernelBackend } = await import('./tfjs-node.js');
  tf.registerBackend(
    NATIVE_BACKEND,
    // Our interface leaves out two classes of tfjs-node's that nothing uses, and is stricter about the rest.
    () => new NodeJSKernelBackend(binding as unknown as TFJSBinding, '@tensorflow/tfjs-node-gpu'),
    3,
  );
  if (!(await tf.setBackend(NATIVE_BACKEND))) throw new EngineError('engine: tfjs did not take the native backend');
}

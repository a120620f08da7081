/**
 * The few fields of TensorFlow's `ConfigProto` that Voiceproof sets, in protobuf's wire format. Field numbers:
 * tensorflow/core/protobuf/config.proto.
 */
import { bytesField, varintField } from '../protobuf.js';

/** What a context can be told when it is made. Absent fields keep TensorFlow's own defaults. */
export interface SessionConfig {
  /** Threads inside one op; at least 1. */
  readonly intraOpThreads?: number | undefined;
  /** Ops run side by side; at least 1. */
  readonly interOpThreads?: number | undefined;
  /** Hides every GPU. */
  readonly hideGpus?: boolean | undefined;
  /** GPU memory is taken as needed, not all at once. */
  readonly memoryGrowth?: boolean | undefined;
  /** The GPUs to use, by index. */
  readonly visibleDevices?: readonly number[] | undefined;
}

/** A serialized `ConfigProto`. */
export function encodeSessionConfig(config: SessionConfig): Uint8Array {
  const parts: Buffer[] = [];
  if (config.hideGpus === true) {
    // device_count = 1: a map entry { key = 1: "GPU", value = 2: 0 }
    parts.push(bytesField(1, Buffer.concat([bytesField(1, Buffer.from('GPU')), varintField(2, 0)])));
  }
  if (config.intraOpThreads !== undefined) parts.push(varintField(2, config.intraOpThreads));
  if (config.interOpThreads !== undefined) parts.push(varintField(5, config.interOpThreads));
  const gpu: Buffer[] = [];
  if (config.memoryGrowth !== undefined) gpu.push(varintField(4, config.memoryGrowth ? 1 : 0));
  if (config.visibleDevices !== undefined) gpu.push(bytesField(5, Buffer.from(config.visibleDevices.join(','))));
  if (gpu.length > 0) parts.push(bytesField(6, Buffer.concat(gpu)));
  // allow_soft_placement = 7: an op without a GPU kernel runs on the CPU.
  parts.push(varintField(7, 1));
  return Uint8Array.from(Buffer.concat(parts));
}

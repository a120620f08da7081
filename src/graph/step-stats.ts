/**
 * When TensorFlow ran each node of a graph, read from a serialized `RunMetadata`. Field numbers: tensorflow/core/protobuf/
 * config.proto and tensorflow/core/framework/step_stats.proto.
 */
import { readFields } from '../runtime/protobuf.js';

/** One run of one node. */
export interface NodeTime {
  /** As in the graph that was run, which TensorFlow has rewritten: fused nodes have the name of one of their parts. */
  readonly node: string;
  /** The op that ran, such as `_FusedConv2D`. */
  readonly op: string;
  /** As TensorFlow names it, such as `/job:localhost/replica:0/task:0/device:CPU:0`. */
  readonly device: string;
  readonly thread: number;
  /** Since 1970. */
  readonly startMicroseconds: number;
  /** Of the op itself, without what the executor does around it. */
  readonly durationMicroseconds: number;
}

/** The runs of all nodes, device by device. */
export function readStepStats(metadata: Uint8Array): NodeTime[] {
  return messages(metadata, 1).flatMap((stepStats) =>
    messages(stepStats, 1).flatMap((deviceStats) => {
      const [device] = messages(deviceStats, 1);
      return messages(deviceStats, 2).map((stats) => readNode(stats, device?.toString() ?? ''));
    }),
  );
}

function readNode(stats: Buffer, device: string): NodeTime {
  const texts = new Map<number, string>();
  const numbers = new Map<number, number>();
  for (const { field, number, bytes } of readFields(stats)) {
    if (field === 1 || field === 8) texts.set(field, bytes.toString());
    else if (bytes.length === 0) numbers.set(field, number);
  }
  const number = (field: number) => numbers.get(field) ?? 0;
  // Nanoseconds where they are written, microseconds in any case.
  const [start, end] = number(16) > 0 ? [number(14) / 1000, number(15) / 1000] : [number(3), number(4)];
  const node = texts.get(1) ?? '';
  return {
    node,
    op: opOf(node, texts.get(8) ?? ''),
    device,
    thread: number(10),
    startMicroseconds: number(2) + start,
    durationMicroseconds: Math.max(0, end - start),
  };
}

/** From the label `NODE = OP(INPUTS)`; without one, the node's name without its number. */
function opOf(node: string, label: string): string {
  return / = ([\w>]+)\(/.exec(label)?.[1] ?? node.replace(/^.*[/:]/, '').replace(/_\d+$/, '');
}

function messages(message: Uint8Array, field: number): Buffer[] {
  return [...readFields(message)].filter((one) => one.field === field).map(({ bytes }) => bytes);
}

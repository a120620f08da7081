/** Weights of an ONNX graph in fewer bits, which its first ops turn into float32 again. */
import { createHash } from 'node:crypto';
import { elementsOf } from '../graph/program.js';
import { toFloat16 } from '../runtime/half-precision.js';
import { type OnnxModel, type OnnxNode, type OnnxTensor, OnnxType } from './onnx-model.js';
import { fitsHalf, LEAST_ELEMENTS, quantizeChannels } from './quantization.js';

/** Nodes with the tensors that they take. */
export type OnnxGraph = Pick<OnnxModel, 'nodes' | 'tensors'>;

/** The graph with one tensor for all that are equal. */
export function shareTensors({ nodes, tensors }: OnnxGraph): OnnxGraph {
  const first = new Map<string, string>();
  const shared = new Map<string, string>();
  for (const { name, type, shape, bytes } of tensors) {
    const key = `${type}[${shape}] ${createHash('sha256').update(bytes).digest('base64')}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, name);
    else shared.set(name, known);
  }
  return {
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => shared.get(name) ?? name) })),
    tensors: tensors.filter(({ name }) => !shared.has(name)),
  };
}

/** Weights as float16, each cast to float32. */
export function storeInHalves({ nodes, tensors }: OnnxGraph, isWeight: (name: string) => boolean): OnnxGraph {
  const casts: OnnxNode[] = [];
  const stored = tensors.map((tensor) => {
    const { name, type, shape } = tensor;
    if (type !== 'float32' || !isWeight(name) || elementsOf(shape) < LEAST_ELEMENTS) return tensor;
    const half = `${name}/half`;
    casts.push({ op: 'Cast', inputs: [half], outputs: [name], attributes: { to: OnnxType.float32 } });
    return halfTensor(half, shape, valuesOf(tensor));
  });
  return { nodes: [...casts, ...nodes], tensors: stored };
}

/** Channels of so many elements have a scale of their own, which takes as long as two of them. */
const LEAST_CHANNEL = 48;

/**
 * Weights in 8 bits with a scale for each output channel, or one scale where channels are short; and the small ones, with
 * all scales, as float16 in one tensor, as each tensor has a head as long as a short vector.
 */
export function storeInEights({ nodes, tensors }: OnnxGraph, isWeight: (name: string) => boolean): OnnxGraph {
  const convolved = new Set(nodes.filter(({ op }) => op === 'Conv').map(({ inputs }) => inputs[1]));
  const restored: OnnxNode[] = [];
  const kept: OnnxTensor[] = [];
  const small: OnnxTensor[] = [];
  for (const tensor of tensors) {
    const { name, type, shape } = tensor;
    if (type !== 'float32' || !isWeight(name)) {
      kept.push(tensor);
    } else if (elementsOf(shape) < LEAST_ELEMENTS) {
      small.push(tensor);
    } else {
      const axis = convolved.has(name) ? 0 : shape.length - 1;
      const { steps, scale } = eightBits(tensor, axis);
      kept.push(steps);
      small.push(scale);
      const attributes = scale.shape.length === 0 || axis === 1 ? {} : { axis };
      restored.push({ op: 'DequantizeLinear', inputs: [steps.name, scale.name], outputs: [name], attributes });
    }
  }
  const packed = packHalves(small);
  return { nodes: [...packed.nodes, ...restored, ...nodes], tensors: [...kept, ...packed.tensors] };
}

function eightBits(tensor: OnnxTensor, axis: number): { readonly steps: OnnxTensor; readonly scale: OnnxTensor } {
  const { name, shape } = tensor;
  const values = valuesOf(tensor);
  const isSplit = values.length / shape[axis] >= LEAST_CHANNEL;
  const nChannels = isSplit ? shape[axis] : 1;
  const nInner = elementsOf(shape.slice(axis + 1));
  const channelOf = isSplit ? (i: number) => Math.floor(i / nInner) % nChannels : () => 0;
  const { steps, scales } = quantizeChannels(values, nChannels, channelOf);
  return {
    steps: { name: `${name}/steps`, type: 'int8', shape, bytes: bytesOf(steps) },
    scale: { name: `${name}/scale`, type: 'float32', shape: isSplit ? [nChannels] : [], bytes: bytesOf(scales) },
  };
}

/** A tensor of several axes needs an op to have them again, and so has to be so long. */
const LEAST_SHAPED = 24;

/** Tensors that half precision can hold as one, which is cast and split. */
function packHalves(tensors: readonly OnnxTensor[]): OnnxGraph {
  const packed = tensors.filter(({ shape, ...tensor }) => {
    return (shape.length === 1 || elementsOf(shape) >= LEAST_SHAPED) && fitsHalf(valuesOf({ shape, ...tensor }));
  });
  if (packed.length === 0) return { nodes: [], tensors };
  const rest = tensors.filter((tensor) => !packed.includes(tensor));
  const lengths = BigInt64Array.from(packed, ({ shape }) => BigInt(elementsOf(shape)));
  const all = Float32Array.from(packed.flatMap((tensor) => [...valuesOf(tensor)]));
  const shapes = new Map<string, OnnxTensor>();
  const reshapes = packed.flatMap(({ name, shape }): OnnxNode[] => {
    if (shape.length === 1) return [];
    const shapeName = `shape ${shape}`;
    const bytes = bytesOf(BigInt64Array.from(shape, BigInt));
    shapes.set(shapeName, { name: shapeName, type: 'int64', shape: [shape.length], bytes });
    return [{ op: 'Reshape', inputs: [`${name}/flat`, shapeName], outputs: [name], attributes: {} }];
  });
  const parts = packed.map(({ name, shape }) => (shape.length === 1 ? name : `${name}/flat`));
  return {
    nodes: [
      { op: 'Cast', inputs: ['halves'], outputs: ['small weights'], attributes: { to: OnnxType.float32 } },
      { op: 'Split', inputs: ['small weights', 'lengths'], outputs: parts, attributes: {} },
      ...reshapes,
    ],
    tensors: [
      ...rest,
      halfTensor('halves', [all.length], all),
      { name: 'lengths', type: 'int64', shape: [packed.length], bytes: bytesOf(lengths) },
      ...shapes.values(),
    ],
  };
}

function halfTensor(name: string, shape: readonly number[], values: Float32Array): OnnxTensor {
  return { name, type: 'float16', shape, bytes: bytesOf(toFloat16(values)) };
}

function valuesOf({ bytes }: OnnxTensor): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

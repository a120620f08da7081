/** Which kernels the library has. Field numbers: tensorflow/core/framework/{kernel_def,attr_value}.proto. */
import { readFields, readPacked } from '../protobuf.js';
import type { EngineContext } from './context.js';
import { bytesOfBuffer } from './proto-buffer.js';
import { dataTypeNumber } from './tensor-memory.js';

/**
 * Whether the device that ops run on has a kernel of this op.
 *
 * @param attribute the op's type attribute, such as `T`
 * @param dtype TensorFlow's name of the type
 */
export function hasKernel(engine: EngineContext, op: string, attribute: string, dtype: string): boolean {
  const { api, ledger, status } = engine;
  const buffer = api.TF_GetRegisteredKernelsForOp(engine.name(op), status);
  engine.check(() => `kernels of ${op}`);
  ledger.proto++;
  try {
    const device = engine.gpu === undefined ? 'CPU' : 'GPU';
    const type = dataTypeNumber(dtype) as number;
    return [...readFields(bytesOfBuffer(engine, buffer))].some(({ bytes }) => serves(bytes, device, attribute, type));
  } finally {
    api.TF_DeleteBuffer(buffer);
    ledger.proto--;
  }
}

/** Whether a `KernelDef` is for this device, and for this type or for any. */
function serves(kernel: Buffer, device: string, attribute: string, type: number): boolean {
  let isDevice = false;
  let isType = true;
  for (const { field, bytes } of readFields(kernel)) {
    if (field === 2) isDevice = bytes.toString() === device;
    if (field !== 3) continue;
    const [name, allowed] = [...readFields(bytes)];
    if (name?.bytes.toString() !== attribute || allowed === undefined) continue;
    const [list] = [...readFields(allowed.bytes)];
    const types = list === undefined ? [] : [...readFields(list.bytes)].flatMap(typesOf);
    isType = types.includes(type);
  }
  return isDevice && isType;
}

/** `AttrValue.ListValue.type`, packed or one by one. */
function typesOf({ field, number, bytes }: { field: number; number: number; bytes: Buffer }): number[] {
  if (field !== 6) return [];
  return bytes.length > 0 ? readPacked(bytes) : [number];
}

/** Attributes of an op, from JavaScript values to the C calls that set them. */
import { EngineError } from '../errors.js';
import type { OpAttribute } from './binding.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { int64List } from './tensor-memory.js';

/** TensorFlow's numbers for the kinds of attributes. */
export const AttributeKind = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, function: 8 } as const;

/** What an attribute may be: one of its kind's values, or a list of them. A shape is a list of sizes, -1 for unknown. */
type Shape = readonly number[];

/**
 * Sets an attribute of `op`. Strings, ints, floats, bools, types (as TensorFlow's numbers), shapes and functions (by
 * name), and lists of all but shapes and functions.
 *
 * @throws EngineError where the value is not of the kind that `attribute.type` says
 */
export function setAttribute(engine: EngineContext, op: Pointer<'TFE_Op'>, attribute: OpAttribute): void {
  const { api } = engine;
  const { value } = attribute;
  const name = engine.name(attribute.name);
  if (Array.isArray(value) && !(attribute.type === AttributeKind.shape && !Array.isArray(value[0]))) {
    setListAttribute(engine, op, attribute, value);
    return;
  }
  switch (attribute.type) {
    case AttributeKind.type:
      api.TFE_OpSetAttrType(op, name, value as number);
      return;
    case AttributeKind.bool:
      api.TFE_OpSetAttrBool(op, name, value ? 1 : 0);
      return;
    case AttributeKind.int:
      api.TFE_OpSetAttrInt(op, name, value as number);
      return;
    case AttributeKind.float:
      api.TFE_OpSetAttrFloat(op, name, value as number);
      return;
    case AttributeKind.string: {
      const bytes = Buffer.from(value as string);
      api.TFE_OpSetAttrString(op, name, bytes, bytes.length);
      return;
    }
    case AttributeKind.shape: {
      const shape = value as Shape;
      api.TFE_OpSetAttrShape(op, name, int64List(shape), shape.length, engine.status);
      engine.check(() => `attribute ${attribute.name}`);
      return;
    }
    case AttributeKind.function: {
      const bytes = Buffer.from(value as string);
      api.TFE_OpSetAttrFunctionName(op, name, bytes, bytes.length);
      return;
    }
    default:
      throw new EngineError(`attribute ${attribute.name}: kind ${attribute.type} can't be set`);
  }
}

function setListAttribute(
  engine: EngineContext,
  op: Pointer<'TFE_Op'>,
  attribute: OpAttribute,
  values: readonly unknown[],
): void {
  const { api } = engine;
  const name = engine.name(attribute.name);
  switch (attribute.type) {
    case AttributeKind.int:
      api.TFE_OpSetAttrIntList(op, name, int64List(values as number[]), values.length);
      return;
    case AttributeKind.float:
      api.TFE_OpSetAttrFloatList(op, name, Float32Array.from(values as number[]), values.length);
      return;
    case AttributeKind.bool:
      api.TFE_OpSetAttrBoolList(op, name, Uint8Array.from(values as boolean[], Number), values.length);
      return;
    case AttributeKind.type:
      api.TFE_OpSetAttrTypeList(op, name, Int32Array.from(values as number[]), values.length);
      return;
    case AttributeKind.string: {
      const texts = (values as string[]).map((value) => api.newText(value));
      try {
        const lengths = int64List((values as string[]).map((value) => Buffer.byteLength(value)));
        api.TFE_OpSetAttrStringList(op, name, int64List(texts), lengths, values.length);
      } finally {
        for (const text of texts) api.free(text);
      }
      return;
    }
    default:
      throw new EngineError(`attribute ${attribute.name}: a list of kind ${attribute.type} can't be set`);
  }
}

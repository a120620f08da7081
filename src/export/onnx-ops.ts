/** TensorFlow's ops in ONNX's. Maps are channels-last in TensorFlow and channels-first in ONNX. */
import type { Operation, Value } from '../graph/program.js';
import { GraphError } from '../runtime/errors.js';
import { type OnnxBuilder, TO_END } from './onnx-builder.js';
import { OnnxType } from './onnx-model.js';

/** Writes one op of a program. */
type Translator = (operation: Operation, builder: OnnxBuilder) => void;

/**
 * Adds the ONNX nodes of an op.
 *
 * @throws GraphError for an op that has no translation
 */
export function translateOperation(operation: Operation, builder: OnnxBuilder): void {
  const translate = TRANSLATORS[operation.op];
  if (translate === undefined) {
    throw new GraphError(
      `export: ${operation.name}: the op ${operation.op} has no translation to ONNX; export a SavedModel`,
    );
  }
  translate(operation, builder);
}

/** An op that is called so or otherwise in ONNX, with the same inputs. */
function renamed(op: string): Translator {
  return ({ inputs, outputs: [output] }, builder) => {
    builder.emit(
      op,
      inputs.map(({ name }) => name),
      {},
      output.name,
    );
  };
}

function reduction(op: string): Translator {
  return (operation, builder) => {
    const {
      inputs: [x, axes],
      outputs: [output],
      name,
    } = operation;
    const attributes = flag(operation, 'keep_dims') ? {} : { keepdims: 0 };
    builder.emit(op, [x.name, builder.integers(builder.known(axes, name))], attributes, output.name);
  };
}

const TRANSLATORS: Readonly<Record<string, Translator>> = {
  Abs: renamed('Abs'),
  Add: renamed('Add'),
  AddV2: renamed('Add'),
  BiasAdd: renamed('Add'),
  Div: renamed('Div'),
  Equal: renamed('Equal'),
  Erf: renamed('Erf'),
  Exp: renamed('Exp'),
  Greater: renamed('Greater'),
  Identity: renamed('Identity'),
  Less: renamed('Less'),
  Log: renamed('Log'),
  LogicalAnd: renamed('And'),
  LogicalNot: renamed('Not'),
  Maximum: renamed('Max'),
  Minimum: renamed('Min'),
  Mul: renamed('Mul'),
  Neg: renamed('Neg'),
  Pow: renamed('Pow'),
  RealDiv: renamed('Div'),
  Reciprocal: renamed('Reciprocal'),
  Relu: renamed('Relu'),
  Sigmoid: renamed('Sigmoid'),
  Softplus: renamed('Softplus'),
  Sqrt: renamed('Sqrt'),
  Sub: renamed('Sub'),
  Tanh: renamed('Tanh'),
  Max: reduction('ReduceMax'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Sum: reduction('ReduceSum'),

  Square: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Mul', [x.name, x.name], {}, output.name);
  },
  SquaredDifference: ({ inputs: [a, b], outputs: [output] }, builder) => {
    const difference = builder.emit('Sub', [a.name, b.name]);
    builder.emit('Mul', [difference, difference], {}, output.name);
  },
  Rsqrt: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Reciprocal', [builder.emit('Sqrt', [x.name])], {}, output.name);
  },
  Selu: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Selu', [x.name], {}, output.name);
  },
  Elu: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Elu', [x.name], {}, output.name);
  },
  LeakyRelu: (operation, builder) => {
    const {
      inputs: [x],
      outputs: [output],
    } = operation;
    builder.emit('LeakyRelu', [x.name], { alpha: { float: number(operation, 'alpha', 0.2) } }, output.name);
  },
  Softmax: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Softmax', [x.name], {}, output.name);
  },
  Cast: (operation, builder) => {
    const {
      inputs: [x],
      outputs: [output],
    } = operation;
    builder.emit('Cast', [x.name], { to: onnxType(output) }, output.name);
  },
  ZerosLike: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Sub', [x.name, x.name], {}, output.name);
  },
  OnesLike: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Expand', [builder.scalar(1), builder.emit('Shape', [x.name])], {}, output.name);
  },

  Shape: ({ inputs: [x], outputs: [output] }, builder) => {
    builder.emit('Cast', [builder.emit('Shape', [x.name])], { to: onnxType(output) }, output.name);
  },
  Reshape: ({ inputs: [x, shape], outputs: [output] }, builder) => {
    builder.emit('Reshape', [x.name, builder.asInt64(shape)], {}, output.name);
  },
  ExpandDims: ({ inputs: [x, axis], outputs: [output], name }, builder) => {
    builder.emit('Unsqueeze', [x.name, builder.integers(builder.known(axis, name))], {}, output.name);
  },
  Squeeze: (operation, builder) => {
    const {
      inputs: [x],
      outputs: [output],
    } = operation;
    const axes = numbers(operation, 'squeeze_dims');
    builder.emit('Squeeze', axes.length === 0 ? [x.name] : [x.name, builder.integers(axes)], {}, output.name);
  },
  Transpose: ({ inputs: [x, order], outputs: [output], name }, builder) => {
    builder.emit('Transpose', [x.name], { perm: builder.known(order, name) }, output.name);
  },
  ConcatV2: ({ inputs, outputs: [output], name }, builder) => {
    const axis = builder.known(inputs.at(-1) as Value, name)[0];
    builder.emit(
      'Concat',
      inputs.slice(0, -1).map((input) => input.name),
      { axis },
      output.name,
    );
  },
  Pack: (operation, builder) => {
    const {
      inputs,
      outputs: [output],
    } = operation;
    const axis = number(operation, 'axis', 0);
    const axes = builder.integers([axis]);
    builder.emit(
      'Concat',
      inputs.map((input) => builder.emit('Unsqueeze', [input.name, axes])),
      { axis },
      output.name,
    );
  },
  Unpack: (operation, builder) => {
    const {
      inputs: [x],
      outputs,
    } = operation;
    const axis = number(operation, 'axis', 0);
    const parts = outputs.map(() => builder.newName('part'));
    builder.emitMany('Split', [x.name, builder.integers(outputs.map(() => 1))], parts, { axis });
    for (const [i, output] of outputs.entries()) {
      builder.emit('Squeeze', [parts[i], builder.integers([axis])], {}, output.name);
    }
  },
  SplitV: ({ inputs: [x, , axis], outputs, name }, builder) => {
    const along = builder.known(axis, name)[0];
    const lengths = outputs.map(({ shape }) => shape.at(along) as number);
    builder.emitMany(
      'Split',
      [x.name, builder.integers(lengths)],
      outputs.map((output) => output.name),
      { axis: along },
    );
  },
  Slice: ({ inputs: [x, begin, size], outputs: [output] }, builder) => {
    const axes = builder.integers(x.shape.map((_, axis) => axis));
    const [starts, lengths] = [begin, size].map((value) => builder.numbersOf(value));
    const ends =
      starts === undefined || lengths === undefined
        ? builder.emit('Add', [builder.asInt64(begin), builder.asInt64(size)])
        : builder.integers(lengths.map((length, i) => (length === -1 ? TO_END : starts[i] + length)));
    builder.emit('Slice', [x.name, builder.asInt64(begin), ends, axes], {}, output.name);
  },
  ReverseV2: ({ inputs: [x, axis], outputs: [output], name }, builder) => {
    const axes = builder.known(axis, name);
    const each = (value: number) => builder.integers(axes.map(() => value));
    builder.emit('Slice', [x.name, each(-1), each(-TO_END), builder.integers(axes), each(-1)], {}, output.name);
  },
  Pad: pad,
  PadV2: pad,
  MirrorPad: (operation, builder) => {
    const {
      inputs: [x, paddings],
      outputs: [output],
      name,
    } = operation;
    const mode = text(operation, 'mode') === 'REFLECT' ? 'reflect' : undefined;
    if (mode === undefined) throw new GraphError(`export: ${name}: symmetric padding has no translation to ONNX`);
    builder.emit('Pad', [x.name, padsOf(builder.known(paddings, name), builder)], { mode }, output.name);
  },
  Fill: ({ inputs: [shape, value], outputs: [output] }, builder) => {
    builder.emit('Expand', [value.name, builder.asInt64(shape)], {}, output.name);
  },
  BroadcastTo: ({ inputs: [x, shape], outputs: [output] }, builder) => {
    builder.emit('Expand', [x.name, builder.asInt64(shape)], {}, output.name);
  },
  Tile: ({ inputs: [x, repeats], outputs: [output] }, builder) => {
    builder.emit('Tile', [x.name, builder.asInt64(repeats)], {}, output.name);
  },
  Range: renamed('Range'),
  TopKV2: ({ inputs: [x, k], outputs: [values, indices], name }, builder) => {
    const found = builder.newName('indices');
    builder.emitMany('TopK', [x.name, builder.integers(builder.known(k, name))], [values.name, found], { axis: -1 });
    builder.emit('Cast', [found], { to: OnnxType.int32 }, indices.name);
  },

  MatMul: (operation, builder) => matrixProduct(operation, builder, 'transpose_a', 'transpose_b'),
  BatchMatMul: (operation, builder) => matrixProduct(operation, builder, 'adj_x', 'adj_y'),
  BatchMatMulV2: (operation, builder) => matrixProduct(operation, builder, 'adj_x', 'adj_y'),
  Conv2D: (operation, builder) => {
    const {
      inputs: [x, kernel],
    } = operation;
    const order = [3, 2, 0, 1];
    const group = (x.shape[3] as number) / (kernel.shape[2] as number);
    const attributes = { ...(group > 1 ? { group } : {}), ...windowOf(operation) };
    const first = builder.emit('Transpose', [x.name], { perm: [0, 3, 1, 2] });
    const { name: output } = operation.outputs[0];
    const back = { perm: [0, 2, 3, 1] };
    // A convolution of a single channel sees the input itself, which 8 bits are too few for.
    const isCoarse = x.shape[3] !== 1;
    const product = isCoarse ? builder.emitInteger('ConvInteger', first, kernel, order, attributes) : undefined;
    if (product === undefined) {
      const result = builder.emit('Conv', [first, builder.transposed(kernel, order)], attributes);
      builder.emit('Transpose', [result], back, output);
    } else {
      builder.emit('Mul', [builder.emit('Transpose', [product.sums], back), product.factor], {}, output);
    }
  },
  DepthwiseConv2dNative: (operation, builder) => {
    const {
      inputs: [x, kernel],
    } = operation;
    const [height, width, nChannels, multiplier] = kernel.shape;
    const ordered = builder.emit('Transpose', [kernel.name], { perm: [2, 3, 0, 1] });
    const shape = builder.integers([nChannels * multiplier, 1, height, width]);
    const weights = builder.emit('Reshape', [ordered, shape]);
    channelsFirst(operation, builder, 'Conv', [weights], {
      group: x.shape[3] as number,
      ...windowOf(operation),
    });
  },
  MaxPool: (operation, builder) => {
    const size = numbers(operation, 'ksize').slice(1, 3);
    channelsFirst(operation, builder, 'MaxPool', [], { kernel_shape: size, ...windowOf(operation) });
  },
  AvgPool: (operation, builder) => {
    const size = numbers(operation, 'ksize').slice(1, 3);
    channelsFirst(operation, builder, 'AveragePool', [], { kernel_shape: size, ...windowOf(operation) });
  },
  FusedBatchNorm: batchNorm,
  FusedBatchNormV3: batchNorm,
};

function pad({ inputs: [x, paddings, value], outputs: [output], name }: Operation, builder: OnnxBuilder): void {
  const pads = padsOf(builder.known(paddings, name), builder);
  builder.emit('Pad', [x.name, pads, ...(value === undefined ? [] : [value.name])], {}, output.name);
}

/** TensorFlow's pairs for each axis as ONNX has them: all starts, then all ends. */
function padsOf(pairs: readonly number[], builder: OnnxBuilder): string {
  const side = (which: number) => pairs.filter((_, i) => i % 2 === which);
  return builder.integers([...side(0), ...side(1)]);
}

function matrixProduct(operation: Operation, builder: OnnxBuilder, adjointA: string, adjointB: string): void {
  const {
    inputs: [a, b],
    outputs: [output],
  } = operation;
  const orderOf = ({ shape: { length: rank } }: Value, attribute: string): number[] => {
    const order = Array.from({ length: rank }, (_, axis) => axis);
    if (flag(operation, attribute)) [order[rank - 2], order[rank - 1]] = [rank - 1, rank - 2];
    return order;
  };
  const taken = (value: Value, attribute: string): string =>
    flag(operation, attribute) ? builder.transposed(value, orderOf(value, attribute)) : value.name;
  const left = taken(a, adjointA);
  const isOneMatrix = b.shape.slice(0, -2).every((length) => length === 1) && a.shape.length >= b.shape.length;
  if (!isOneMatrix || !builder.isConstant(b)) {
    builder.emit('MatMul', [left, taken(b, adjointB)], {}, output.name);
    return;
  }
  const order = orderOf(b, adjointB);
  const product = builder.emitInteger('MatMulInteger', left, b, order);
  if (product === undefined) builder.emit('MatMul', [left, builder.transposed(b, order, 2)], {}, output.name);
  else builder.emit('Mul', [product.sums, product.factor], {}, output.name);
}

/** An op on maps between two transposes. ONNX runtimes merge and cancel them. */
function channelsFirst(
  { inputs: [x], outputs: [output] }: Operation,
  builder: OnnxBuilder,
  op: string,
  rest: readonly string[],
  attributes: Parameters<OnnxBuilder['emit']>[2],
): void {
  const first = builder.emit('Transpose', [x.name], { perm: [0, 3, 1, 2] });
  const result = builder.emit(op, [first, ...rest], attributes);
  builder.emit('Transpose', [result], { perm: [0, 2, 3, 1] }, output.name);
}

/** The attributes of a window over height and width that are not ONNX's defaults. */
function windowOf(operation: Operation): Record<string, string | readonly number[]> {
  const strides = numbers(operation, 'strides').slice(1, 3);
  const dilations = numbers(operation, 'dilations').slice(1, 3);
  const padding = text(operation, 'padding');
  const explicit = numbers(operation, 'explicit_paddings');
  return {
    ...(strides.some((stride) => stride > 1) ? { strides } : {}),
    ...(dilations.some((dilation) => dilation > 1) ? { dilations } : {}),
    ...(padding === 'SAME' ? { auto_pad: 'SAME_UPPER' } : {}),
    ...(padding === 'EXPLICIT' ? { pads: [explicit[2], explicit[4], explicit[3], explicit[5]] } : {}),
  };
}

/** Normalisation by running statistics: a factor and an offset a channel. */
function batchNorm(operation: Operation, builder: OnnxBuilder): void {
  const {
    inputs: [x, ...statistics],
    outputs: [output],
    name,
  } = operation;
  if (flag(operation, 'is_training')) throw new GraphError(`export: ${name}: batch norm by the batch's own statistics`);
  const epsilon = number(operation, 'epsilon', 1e-4);
  const [scale, offset, mean, variance] = statistics.map((value) => builder.known(value, name));
  const factor = scale.map((value, channel) => value / Math.sqrt(variance[channel] + epsilon));
  const shift = offset.map((value, channel) => value - mean[channel] * factor[channel]);
  const [factors, shifts] = [factor, shift].map((values) => builder.weightVector(Float32Array.from(values)));
  builder.emit('Add', [builder.emit('Mul', [x.name, factors]), shifts], {}, output.name);
}

function onnxType({ name, dtype }: Value): number {
  const type = OnnxType[dtype as keyof typeof OnnxType];
  if (type === undefined) throw new GraphError(`export: ${name}: the type ${dtype} has no translation to ONNX`);
  return type;
}

function attribute({ attributes }: Operation, wanted: string): unknown {
  return attributes.find(({ name }) => name === wanted)?.value;
}

function number(operation: Operation, name: string, byDefault: number): number {
  return (attribute(operation, name) as number | undefined) ?? byDefault;
}

function numbers(operation: Operation, name: string): number[] {
  return [...((attribute(operation, name) as readonly number[] | undefined) ?? [])];
}

function flag(operation: Operation, name: string): boolean {
  return Boolean(attribute(operation, name));
}

function text(operation: Operation, name: string): string {
  return String(attribute(operation, name) ?? '');
}

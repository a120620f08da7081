/** Variables that TensorFlow's training ops, such as `ResourceApplyAdam`, change where they lie. */
import * as tf from '@tensorflow/tfjs-core';
import { adoptTensor, kernelBackend } from './kernel-backend.js';
import { executeRawOp } from './raw-op.js';

/** What TensorFlow takes for "a name of its own for each". */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * A variable of TensorFlow's runtime in the memory of a `tf.Variable`. Between changes the `tf.Variable` holds its values
 * like any other, for reading, saving, programs and assignments, without a copy.
 */
export class InPlaceVariable {
  /** For the ops that change it, while it is lent. */
  readonly handle: tf.Tensor;
  /** The tensor in whose memory TensorFlow's variable lies. */
  private heldId: number | undefined;

  constructor(private readonly variable: tf.Variable) {
    const attributes = { dtype: 'float32', shape: variable.shape, container: '', shared_name: ANONYMOUS };
    this.handle = tf.keep(executeRawOp('VarHandleOp', attributes, [], 1)[0]);
  }

  /**
   * Lets `change` run ops on the handles of variables. Whoever else shares a variable's memory, such as a clone, keeps the
   * old values: TensorFlow copies what is shared before it changes it.
   */
  static change(variables: readonly InPlaceVariable[], change: () => void): void {
    for (const variable of variables) variable.lend();
    try {
      change();
    } finally {
      for (const variable of variables) variable.takeBack();
    }
  }

  dispose(): void {
    executeRawOp('DestroyResourceOp', { ignore_lookup_error: true }, [this.handle], 0);
    this.handle.dispose();
  }

  /** Gives the memory to TensorFlow's variable alone. */
  private lend(): void {
    const backend = kernelBackend('InPlaceVariable');
    const [id] = backend.getInputTensorIds([this.variable]);
    if (id !== this.heldId) {
      executeRawOp('AssignVariableOp', { dtype: 'float32', validate_shape: false }, [this.handle, this.variable], 0);
      this.heldId = id;
    }
    const data = backend.tensorMap.get(this.variable.dataId);
    if (data.refCount > 1) return;
    backend.binding.deleteTensor(id);
    data.id = NO_TENSOR;
  }

  private takeBack(): void {
    const backend = kernelBackend('InPlaceVariable');
    const handleIds = backend.getInputTensorIds([this.handle]);
    const dtype = { name: 'dtype', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT };
    const [now] = backend.binding.executeOp('ReadVariableOp', [dtype], handleIds, 1);
    this.heldId = now.id;
    const data = backend.tensorMap.get(this.variable.dataId);
    if (data.id === NO_TENSOR) {
      data.id = now.id;
    } else {
      const values = adoptTensor(backend, now);
      this.variable.assign(values);
      values.dispose();
    }
  }
}

/** In place of a tensor's id while its memory is lent. */
const NO_TENSOR = -1;

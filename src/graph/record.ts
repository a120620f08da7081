/** From a function on tensors to the program it runs: the engine's calls are noted while the function runs once. */
import * as tf from '@tensorflow/tfjs-core';
import { GraphError } from '../runtime/errors.js';
import { kernelBackend } from '../runtime/native/kernel-backend.js';
import { executeRawOp } from '../runtime/native/raw-op.js';
import { trackOrigins } from './layer-origin.js';
import type { Program, Value } from './program.js';
import { Recorder } from './recorder.js';
import { refuseDraws } from './refuse-draws.js';

/** Tensors by name: what a recorded function takes and returns. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

let isRecording = false;

/**
 * Runs `fn` once on examples and returns what it asked of the engine. The program is specific to the examples' shapes.
 * Whatever `fn` assigned to variables is undone.
 *
 * Numbers that `fn` computes in JavaScript become constants of the program. What is to change from run to run must be an
 * input, the seed of random ops among them (`StatelessRandomUniform` and its kin), or a variable.
 *
 * @param fn from named tensors to named tensors
 * @throws GraphError where the function reads a value, draws random numbers in JavaScript, calls an op that keeps a state of
 *   its own, or makes a variable:
 *   the message names the op and the place
 * @throws EngineError where tfjs doesn't run on the native engine, or an op fails
 */
export function record<Inputs extends NamedTensors, Outputs extends NamedTensors>(
  fn: (inputs: Inputs) => Outputs,
  examples: Inputs,
): Program {
  const backend = kernelBackend('record');
  if (isRecording) throw new GraphError('record: a function is being recorded; record one after the other');
  const variables = Object.values(tf.engine().registeredVariables);
  // Values that wait in JavaScript would become constants where they are first used, or be read without our notice.
  backend.getInputTensorIds([...variables, ...Object.values(examples)]);
  tellApart(variables);
  const before = variables.map((variable) => ({ variable, dataId: variable.dataId, saved: variable.clone() }));
  const { binding } = backend;
  const recorder = new Recorder(
    backend,
    new Map(variables.map((variable) => [backend.tensorMap.get(variable.dataId).id, variable])),
  );
  isRecording = true;
  backend.binding = recorder.binding;
  const idsOf = (tensors: readonly tf.Tensor[]): number[] => backend.getInputTensorIds(tensors);
  let isDone = false;
  try {
    // Not what `tidy` returns: it would look for tensors in every element of every constant.
    let program: Program | undefined;
    tf.tidy(() => {
      const inputs = new Map<string, Value>();
      const views: Record<string, tf.Tensor> = {};
      for (const [name, example] of Object.entries(examples)) {
        const { value, view } = recorder.addInput(name, example);
        inputs.set(name, value);
        views[name] = view;
      }
      const results = Object.entries(trackOrigins(() => refuseDraws(backend, () => fn(views as Inputs))));
      const created = Object.values(tf.engine().registeredVariables).filter(
        (variable) => !variables.includes(variable),
      );
      if (created.length > 0) {
        const names = created.map(({ name }) => name).join(', ');
        for (const variable of created) variable.dispose();
        throw new GraphError(`record: the function makes a variable (${names}); make it before recording`);
      }
      const assigned = before.filter(({ variable, dataId }) => variable.dataId !== dataId);
      const outputs = new Map(results.map(([name, tensor]) => [name, recorder.valueOf(idsOf([tensor])[0])]));
      const assignments = assigned.map(({ variable }) => ({
        variable,
        value: recorder.valueOf(idsOf([variable])[0]),
      }));
      program = recorder.finish(inputs, outputs, assignments);
    });
    isDone = true;
    return program as unknown as Program;
  } finally {
    // While the recorder still answers for the tensors that it made up.
    for (const { variable, dataId, saved } of before) {
      if (!variable.isDisposed && variable.dataId !== dataId) variable.assign(saved as tf.Tensor);
      saved.dispose();
    }
    isRecording = false;
    backend.binding = binding;
    if (!isDone) recorder.release();
  }
}

/**
 * Gives variables that share a tensor, as one does that was assigned the other, one each: by their tensors they are told
 * apart. The memory stays shared until either is changed.
 */
function tellApart(variables: readonly tf.Variable[]): void {
  const seen = new Set<object>();
  for (const variable of variables) {
    if (seen.has(variable.dataId)) {
      const [own] = executeRawOp('Identity', { T: variable.dtype }, [variable], 1);
      variable.assign(own);
      own.dispose();
    }
    seen.add(variable.dataId);
  }
}

/** Consumers in Python: each is a script that reads the inputs and answers with its version and the scores. */
import { join } from 'node:path';
import type { Consumer } from './consumer.js';
import { runPython } from './python.js';

/** A consumer that is a script; `model`, `name` and `inputs` are there when it begins. */
function inPython(name: string, script: string): Consumer {
  return {
    name,
    run: async ({ directory, manifest, inputsPath, python }) => {
      const preface = 'import numpy as np\n\nmodel, name, path = sys.argv[1:]\ninputs = np.load(path)\n';
      const place = manifest.format === 'huggingface' ? directory : join(directory, manifest.model);
      const result = await runPython<{ version: string; scores: number[] }>(python, preface + script, [
        place,
        manifest.input.name,
        inputsPath,
      ]);
      return result.status === 'done' ? { status: 'done', ...result.answer } : result;
    },
  };
}

/** SavedModels in TensorFlow. */
export const savedModelInPython = inPython(
  'TensorFlow in Python',
  `
import tensorflow as tf

run = tf.saved_model.load(model).signatures['serving_default']
scores = run(**{name: tf.constant(inputs)})['score'].numpy()
answer({'version': tf.__version__, 'scores': scores.tolist()})
`,
);

/** ONNX models in onnxruntime, after ONNX's own checker. */
export const onnxruntimeInPython = inPython(
  'onnxruntime in Python',
  `
import onnxruntime
try:
    import onnx
    onnx.checker.check_model(model, full_check=True)
except ModuleNotFoundError:
    pass

session = onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])
scores = session.run(['score'], {name: inputs})[0]
answer({'version': onnxruntime.__version__, 'scores': scores.tolist()})
`,
);

/** TFLite models in TensorFlow's interpreter, clip by clip. */
export const tfliteInPython = inPython(
  'TFLite in Python',
  `
import tensorflow as tf

run = tf.lite.Interpreter(model).get_signature_runner('serving_default')
scores = [float(run(**{name: clip[None]})['score'][0]) for clip in inputs]
answer({'version': tf.__version__, 'scores': scores})
`,
);

/** Folders of Hugging Face in transformers, whose extractor normalises as the folder says. */
export const transformersInPython = inPython(
  'transformers in Python',
  `
import torch
import transformers
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification

transformers.logging.set_verbosity_error()
extractor = AutoFeatureExtractor.from_pretrained(model)
network, report = AutoModelForAudioClassification.from_pretrained(model, output_loading_info=True)
if report['missing_keys'] or report['unexpected_keys']:
    raise ValueError('missing %s, unexpected %s' % (report['missing_keys'], report['unexpected_keys']))
network.eval()
given = extractor([clip for clip in inputs], sampling_rate=16000, return_tensors='pt')
with torch.no_grad():
    logits = network(given.input_values).logits
answer({'version': transformers.__version__, 'scores': (logits[:, 1] - logits[:, 0]).tolist()})
`,
);

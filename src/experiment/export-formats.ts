/** Formats that a checkpoint is exported to. Alone, as the command line's help names them and loads nothing else. */

/** All of them. */
export const EXPORT_FORMATS = ['savedmodel', 'tfjs-graph', 'tfjs-layers', 'onnx', 'tflite', 'huggingface'] as const;

/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

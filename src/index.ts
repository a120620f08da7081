/** The public door: what a program that embeds Voiceproof imports. Everything else may change without notice. */
export { type Audio, decodeAudio, readAudio, SAMPLE_RATE } from './data/audio.js';
export { type Corpus, type CorpusOptions, loadCorpus } from './data/corpus.js';
export type { Label, Trial } from './data/trial.js';
export { type RunConfig, readRunConfig } from './experiment/checkpoint.js';
export { type ExperimentConfig, listExperiments, parseExperiment, readExperiment } from './experiment/config.js';
export type { FeatureExtractor, FeatureType } from './features/feature.js';
export { createFeature, features } from './features/registry.js';
export { type ClipScore, type Detector, type DetectorOptions, loadDetector } from './inference/detector.js';
export { type FileFailure, type FileScore, scoreFile } from './inference/score-file.js';
export { computeEer } from './metrics/eer.js';
export { evaluateScores, type Metrics, type ScoredTrial } from './metrics/summary.js';
export type { ModelType } from './models/model.js';
export { buildModel, models } from './models/registry.js';
export { type Engine, type EngineOptions, startEngine } from './runtime/engine.js';
export {
  AudioError,
  CheckpointError,
  ConfigError,
  DataError,
  EngineError,
  GraphError,
  ShapeError,
  TrainingError,
  VoiceproofError,
} from './runtime/errors.js';
export { type Logger, silentLogger } from './runtime/logger.js';
export { evaluateCheckpoint } from './training/evaluation.js';
export { type ExperimentResult, type ExperimentRun, runExperiment } from './training/experiment-run.js';

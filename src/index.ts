/** The public door: what a program that embeds Voiceproof imports. Everything else may change without notice. */

// Extension: what is defined in a plugin module, and named by an experiment's "plugins"
export { z } from 'zod';
export { type Audio, decodeAudio, readAudio, SAMPLE_RATE } from './data/audio.js';
export type {
  Augmentation,
  AugmentationType,
  FeatureMatrix,
  LabelledExamples,
  Stage,
} from './data/augment/augmentation.js';
export { probability, range } from './data/augment/augmentation.js';
export { type Augmenter, createAugmenter, parseAugmentations } from './data/augment/registry.js';
export { type Corpus, loadCorpus, openCorpus } from './data/corpus.js';
export type { CorpusOptions } from './data/corpus-options.js';
export type { DataSourceType, SourceContext, SourcedClips } from './data/source.js';
export type { Label, Trial } from './data/trial.js';
export { encodeWav, type WavFormat, writeWav } from './data/wav-file.js';
export { fetchPretrained, importAasistFile } from './experiment/aasist-import.js';
export { type RunConfig, readRunConfig } from './experiment/checkpoint.js';
export {
  defineExperiment,
  type ExperimentConfig,
  listExperiments,
  parseExperiment,
  readExperiment,
} from './experiment/config.js';
export {
  type AugmentationDefinition,
  type DataSourceDefinition,
  defineAugmentation,
  defineDataSource,
  defineFeature,
  defineLayer,
  defineLoss,
  defineMetric,
  defineModel,
  defineOptimizer,
  defineSchedule,
  type FeatureDefinition,
  type LayerClass,
  type LayerDefinition,
  type LossDefinition,
  type MetricDefinition,
  type ModelDefinition,
  type OptimizerDefinition,
  type ScheduleDefinition,
} from './experiment/definitions.js';
export type {
  AugmentationChoice,
  ExperimentInput,
  FeatureChoice,
  ModelChoice,
} from './experiment/experiment-schema.js';
export type { ExportFormat } from './experiment/export-formats.js';
export type { ExportManifest } from './experiment/export-manifest.js';
export { fetchHuggingFaceFolder, type HubRequest } from './experiment/huggingface-hub.js';
export { type HuggingFaceImport, type ImportedModel, importHuggingFace } from './experiment/huggingface-import.js';
export { loadPlugins } from './experiment/plugins.js';
export type { Course, ScheduleType, Span } from './experiment/schedule-registry.js';
export { importSslAasistFile, type SslAasistImport } from './experiment/ssl-aasist-import.js';
export { type ExportRequest, exportCheckpoint } from './export/export.js';
export { type ParityRow, verifyExport } from './export/verify.js';
export type { FeatureExtractor, FeatureType } from './features/feature.js';
export { checkPower, countFrames } from './features/feature.js';
export { createFeature, features } from './features/registry.js';
export type { FeatureStage } from './features/stages.js';
export { type CompiledFunction, type CompileOptions, compile } from './graph/compile.js';
export { type Program, printProgram } from './graph/program.js';
export { record } from './graph/record.js';
export { type ProgramSummary, summarizeProgram } from './graph/summarize.js';
export { type ClipScore, type Detector, type DetectorOptions, loadDetector } from './inference/detector.js';
export { type Embedder, type LayerChoice, loadEmbedder } from './inference/embed.js';
export { openScorer, type ScorerOptions } from './inference/open-scorer.js';
export { type FileFailure, type FileScore, scoreFile } from './inference/score-file.js';
export type { Scorer } from './inference/scorer.js';
export { baseFields, type CallArguments, onlyShape, onlyTensor, parseLayerOptions } from './layers/layer-options.js';
export { recomputed } from './layers/recomputed.js';
export type { ClassWeights, Loss, LossType, ModelHead } from './losses/loss.js';
export { losses } from './losses/registry.js';
export { computeMinADcf } from './metrics/a-dcf.js';
export { computeEer } from './metrics/eer.js';
export type { MeasuredSet, MetricType } from './metrics/registry.js';
export { evaluateScores, type Metrics, type ScoredTrial } from './metrics/summary.js';
export { featureInput, linear, waveformInput } from './models/blocks.js';
export { type FrozenEncoder, frozenEncoder } from './models/frozen-encoder.js';
export { type Head, headFields, logitsHead } from './models/head.js';
export { importLcnn } from './models/lcnn.weights.js';
export type { ModelType, PaddingKind } from './models/model.js';
export { type Pooling, pool, poolingSchema } from './models/pooling.js';
export { importRawNet2 } from './models/rawnet2.weights.js';
export { buildModel, models } from './models/registry.js';
export type { OptimizerSettings, OptimizerType, UpdateCoefficients, UpdateRule } from './optimizers/update-rule.js';
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
export { parseOptions } from './runtime/options.js';
export type { PluginRecord } from './runtime/plugin-modules.js';
export { createRandom, deriveSeed, type Random } from './runtime/random.js';
export type { PluginChoice } from './runtime/registry.js';
export { type Comparison, compareSystems } from './training/comparison.js';
export { evaluateCheckpoint } from './training/evaluation.js';
export { type ExperimentResult, type ExperimentRun, runExperiment } from './training/experiment-run.js';

/**
 * The public door: what a program that uses Voiceproof imports. Everything else may change without notice.
 *
 * ```ts
 * import { openDetector } from 'voiceproof';
 * const detector = await openDetector();
 * console.log(await detector.score('clip.wav'));
 * ```
 */

// Scoring

export type { AudioInput } from './api/audio-input.js';
export {
  type ClipResult,
  type Detector,
  type DetectorChoice,
  type Failure,
  openDetector,
  type RecordingResult,
  type ScoreOptions,
  type StreamOptions,
  type WindowScore,
} from './api/detector.js';
export { type Embedding, type EmbedOptions, embedFiles } from './api/embed.js';
export { type DownloadOptions, PRETRAINED_MODELS, type Pretrained, pretrained } from './api/pretrained.js';
export { type ScoredFile, type ScoreFilesOptions, scoreFiles } from './api/score.js';
export type { ScoreCalibration } from './experiment/calibration-file.js';
export type { Decision, DecisionOptions, Verdict } from './inference/decision.js';
export type { RecordingOptions, ScoredWindow } from './inference/score-recording.js';
export type { AggregationOptions, Change, Segment } from './inference/segments.js';

// Training and evaluation

export { type CalibrateOptions, calibrate } from './api/calibrate.js';
export { type CompareOptions, type ComparisonResult, compareSystems } from './api/compare.js';
export { type EvaluateOptions, type Evaluation, evaluateCheckpoint } from './api/evaluate.js';
export { type ExperimentOptions, type ExperimentResult, resolveExperiment, runExperiment } from './api/experiment.js';
export {
  type Cascade,
  type CascadeOptions,
  createCascade,
  createEnsemble,
  type Ensemble,
  type EnsembleOptions,
} from './api/fusion.js';
export { createProject } from './api/init.js';
export { computeMetrics, type MetricsOptions } from './api/metrics.js';
export type { ProtocolChoice } from './api/protocol.js';
export type { Label, Trial } from './data/trial.js';
export { defineExperiment, type ExperimentConfig, listExperiments, type NamedExperiment } from './experiment/config.js';
export type {
  AugmentationChoice,
  ExperimentInput,
  FeatureChoice,
  ModelChoice,
} from './experiment/experiment-schema.js';
export type { ProfileSchedule } from './graph/profiler.js';
export type { Metrics, ScoredTrial } from './metrics/summary.js';
export type { EpochRecord } from './training/history.js';
export type {
  BestEvent,
  EndEvent,
  EpochEvent,
  EvaluatedEvent,
  RunListener,
  SavedEvent,
  StartEvent,
  StepEvent,
  WarningEvent,
} from './training/listener.js';

// Models from elsewhere, and for elsewhere

export { type ExportOptions, exportCheckpoint, type VerifyOptions, verifyExport } from './api/export.js';
export {
  type HuggingFaceOptions,
  type ImportOptions,
  importAasist,
  importHuggingFace,
  importSslAasist,
} from './api/import.js';
export { type RunConfig, readRunConfig } from './experiment/checkpoint.js';
export type { ExportFormat } from './experiment/export-formats.js';
export type { ExportManifest } from './experiment/export-manifest.js';
export type { ParityRow } from './export/verify.js';

// Audio, features and augmentations

export { type AugmentedClip, type AugmentOptions, augmentClip } from './api/augment.js';
export { type ComputedFeature, computeFeature, type FeatureOptions } from './api/features.js';
export { type Audio, decodeAudio, readAudio, SAMPLE_RATE } from './data/audio.js';
export { encodeWav, type WavFormat, writeWav } from './data/wav-file.js';

// The engine

export {
  type EngineChoice,
  type HeldEngine,
  type JobOptions,
  type ProgressEvent,
  startEngine,
} from './api/engine.js';
export { diagnose, type SetupOptions, setUpEngine } from './api/setup.js';
export type { Check } from './runtime/check.js';
export type { Diagnosis } from './runtime/diagnosis.js';
export type { Engine } from './runtime/engine.js';
export { type Logger, type Progress, silentLogger } from './runtime/logger.js';

// Extension: what is defined in a plugin module, and named by an experiment's `plugins`

export { z } from 'zod';
export type { DataSourceType, SourceContext, SourcedClips } from './data/source.js';
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
export { loadPlugins } from './experiment/plugins.js';
export type { Course, ScheduleType, Span } from './experiment/schedule-registry.js';
export { baseFields, onlyShape, onlyTensor, parseLayerOptions } from './layers/layer-options.js';
export type { MeasuredSet, MetricType } from './metrics/registry.js';
export { featureInput, linear, waveformInput } from './models/blocks.js';
export type { OptimizerSettings, OptimizerType, UpdateCoefficients, UpdateRule } from './optimizers/update-rule.js';
export { parseOptions } from './runtime/options.js';
export type { PluginRecord } from './runtime/plugin-modules.js';
export { createRandom, deriveSeed } from './runtime/random.js';
export type { PluginChoice } from './runtime/registry.js';

// What authors of models, features, augmentations and losses build on

export type {
  Augmentation,
  AugmentationType,
  FeatureMatrix,
  LabelledExamples,
  Stage,
} from './data/augment/augmentation.js';
export { probability, range } from './data/augment/augmentation.js';
export { type Augmenter, createAugmenter, parseAugmentations } from './data/augment/registry.js';
export { type Corpus, openCorpus } from './data/corpus.js';
export type { CorpusOptions } from './data/corpus-options.js';
export type { FeatureExtractor, FeatureType } from './features/feature.js';
export { checkPower, countFrames } from './features/feature.js';
export { createFeature, features } from './features/registry.js';
export { type CompiledFunction, type CompileOptions, compile } from './graph/compile.js';
export { type Program, printProgram } from './graph/program.js';
export { record } from './graph/record.js';
export { type ProgramSummary, summarizeProgram } from './graph/summarize.js';
export { recomputed } from './layers/recomputed.js';
export type { ClassWeights, Loss, LossType, ModelHead } from './losses/loss.js';
export { losses } from './losses/registry.js';
export { type FrozenEncoder, frozenEncoder } from './models/frozen-encoder.js';
export { type Head, headFields, logitsHead } from './models/head.js';
export { importLcnn } from './models/lcnn.weights.js';
export type { ModelType, PaddingKind } from './models/model.js';
export { type Pooling, pool, poolingSchema } from './models/pooling.js';
export { importRawNet2 } from './models/rawnet2.weights.js';
export { buildModel, models } from './models/registry.js';

// Types that those above are made of

export type { AudioOptions } from './data/audio.js';
export type { AugmentationContext, Subjects } from './data/augment/augmentation.js';
export type { LoadContext } from './data/corpus.js';
export type { ParquetClips } from './data/parquet.js';
export type { SourcedSplits } from './data/source.js';
export { LABELS } from './data/trial.js';
export { WAV_FORMATS } from './data/wav-file.js';
export type { PadMode } from './dsp/power-spectrogram.js';
export type { PreEmphasisStart } from './dsp/pre-emphasis.js';
export type { ImportedAasist, PretrainedModel } from './experiment/aasist-import.js';
export type { RunEngine, RunEnvironment } from './experiment/checkpoint.js';
export type { Named } from './experiment/definitions.js';
export { EXPORT_FORMATS } from './experiment/export-formats.js';
export type { ImportedModel } from './experiment/huggingface-import.js';
export type { Quantization } from './export/quantization.js';
export type { Level } from './features/level-option.js';
export type { DeltaBlock, FeatureStage } from './features/stages.js';
export type { LowPrecision } from './graph/autocast.js';
export type { OpOrigin } from './graph/layer-origin.js';
export type { Assignment, Capture, Constant, ConstantValues, Operation, Value } from './graph/program.js';
export type { NamedTensors } from './graph/record.js';
export type { LayerChoice } from './inference/embed.js';
export type { ScoreInput } from './inference/score-inputs.js';
export type { ScoredInput } from './inference/score-lines.js';
export type { BaseArguments, CallArguments } from './layers/layer-options.js';
export type { ConfidenceInterval } from './metrics/bootstrap.js';
export type { ClassReport } from './metrics/classification.js';
export type { AttackMetrics, GroupMetrics } from './metrics/summary.js';
export type { AsvErrorRates } from './metrics/tdcf.js';
export type { HeadType } from './models/head.js';
export type { PoolingType } from './models/pooling.js';
export type { ComparedPair, ComparedRun, ComparedSystem, ComparisonInput } from './report/comparison.js';
export type { Cpu } from './runtime/cpu.js';
export type { EngineKind, Purpose } from './runtime/engine.js';
export type { Gpu } from './runtime/installed-programs.js';
export type { OpAttribute } from './runtime/native/binding.js';
export type { KernelChoice, Kernels } from './runtime/native/kernel-choice.js';
export type { TypedOptions } from './runtime/options.js';
export type { ChoosableDefinition, Definition } from './runtime/plugin-modules.js';
export type { Random } from './runtime/random.js';
export type { Choice, OneOf, Registry } from './runtime/registry.js';
export type { StoredType } from './runtime/safetensors.js';
export type { DevMeasurement } from './training/evaluation.js';
export type { RunResult } from './training/experiment-run.js';
export type { StepCost } from './training/step-cost.js';

// Errors: each is one line that says where, what was expected, what came, and what to do

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

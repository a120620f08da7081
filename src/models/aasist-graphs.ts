/** The graphs of AASIST: over frequency, over time, and over both with a master node. */
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { BatchNorm } from '../layers/batch-norm.js';
import { Dropout } from '../layers/dropout.js';
import { GraphAttention } from '../layers/graph-attention.js';
import { GraphReadout } from '../layers/graph-readout.js';
import { HeterogeneousGraphAttention } from '../layers/heterogeneous-graph-attention.js';
import { LargestMagnitude } from '../layers/largest-magnitude.js';
import { MasterNode, NodePositions } from '../layers/learned-nodes.js';
import { MasterAttention } from '../layers/master-attention.js';
import { Selu } from '../layers/selu.js';
import { SplitNodes } from '../layers/split-nodes.js';
import { TopNodes } from '../layers/top-nodes.js';
import { deriveSeed } from '../runtime/random.js';
import { linear } from './blocks.js';

/** What all graphs of a model are built with. */
export interface AasistGraphOptions {
  readonly graphDropout: number;
  readonly poolDropout: number;
  /** Channels of the nodes in the graphs of one kind. */
  readonly nGraphChannels: number;
  /** Share of the nodes kept. */
  readonly ratios: { readonly spectral: number; readonly temporal: number; readonly branch: number };
  readonly seed: number;
}

/** Nodes of both kinds, `[batch, nodes, 32]`, and their master, `[batch, 1, 32]`. */
interface MixedGraph {
  readonly temporal: SymbolicTensor;
  readonly spectral: SymbolicTensor;
  readonly master: SymbolicTensor;
}

/** Channels of the nodes in the graphs of two kinds. */
const N_BRANCH_CHANNELS = 32;
const SINGLE_TEMPERATURE = 2;
const MIXED_TEMPERATURE = 100;

/**
 * `[batch, bins, channels]` to a graph over frequency, of which some nodes are kept: bins know where they stand.
 *
 * @param nodes `largestNodes` of the maps over frames, or nodes found in another way
 */
export function spectralGraph(nodes: SymbolicTensor, options: AasistGraphOptions): SymbolicTensor {
  const name = 'spectral-positions';
  const placed = new NodePositions({ name, seed: deriveSeed(options.seed, name) }).apply(nodes);
  return singleGraph(placed as SymbolicTensor, 'spectral', options.ratios.spectral, options);
}

/** `[batch, frames, channels]` to a graph over time, of which some nodes are kept. */
export function temporalGraph(nodes: SymbolicTensor, options: AasistGraphOptions): SymbolicTensor {
  return singleGraph(nodes, 'temporal', options.ratios.temporal, options);
}

/** Maps `[batch, frames, bins, channels]` to a node for each bin or frame, by its largest magnitude over the other axis. */
export function largestNodes(maps: SymbolicTensor, over: 'frames' | 'bins'): SymbolicTensor {
  const name = over === 'frames' ? 'spectral-nodes' : 'temporal-nodes';
  return new LargestMagnitude({ name, over }).apply(maps) as SymbolicTensor;
}

/**
 * Both graphs to one vector, `[batch, 160]`: two branches in parallel, of whose nodes the larger values count.
 *
 * @param options `branchDropout`: share of the values of either branch dropped before they meet
 */
export function graphEmbedding(
  temporal: SymbolicTensor,
  spectral: SymbolicTensor,
  options: AasistGraphOptions & { readonly branchDropout: number },
): SymbolicTensor {
  const branches = ['branch1', 'branch2'].map((name) => graphBranch(temporal, spectral, { ...options, name }));
  const [times, frequencies, masters] = (['temporal', 'spectral', 'master'] as const).map((kind) => {
    const dropped = branches.map((branch, i) =>
      new Dropout({ name: `branch${i + 1}-${kind}-dropout`, rate: options.branchDropout }).apply(branch[kind]),
    );
    return layers.maximum({ name: kind }).apply(dropped as SymbolicTensor[]);
  });
  return new GraphReadout({ name: 'embedding' }).apply([
    times,
    frequencies,
    masters,
  ] as SymbolicTensor[]) as SymbolicTensor;
}

/** One of the parallel branches: both graphs attend to each other, some nodes are kept, and do so again with a skip. */
function graphBranch(
  temporal: SymbolicTensor,
  spectral: SymbolicTensor,
  options: AasistGraphOptions & { readonly name: string },
): MixedGraph {
  const { name, ratios } = options;
  const seed = deriveSeed(options.seed, `${name}-master`);
  const master = new MasterNode({ name: `${name}-master`, seed }).apply(temporal) as SymbolicTensor;
  const first = mixedGraph({ temporal, spectral, master }, `${name}-graph1`, options);
  const kept: MixedGraph = {
    temporal: keepTop(first.temporal, `${name}-temporal`, ratios.branch, options),
    spectral: keepTop(first.spectral, `${name}-spectral`, ratios.branch, options),
    master: first.master,
  };
  const second = mixedGraph(kept, `${name}-graph2`, options);
  const sum = (kind: keyof MixedGraph) =>
    layers.add({ name: `${name}-${kind}-sum` }).apply([kept[kind], second[kind]]) as SymbolicTensor;
  return { temporal: sum('temporal'), spectral: sum('spectral'), master: sum('master') };
}

function singleGraph(nodes: SymbolicTensor, name: string, ratio: number, options: AasistGraphOptions): SymbolicTensor {
  const dropped = new Dropout({ name: `${name}-dropout`, rate: options.graphDropout }).apply(nodes);
  const attended = new GraphAttention({
    name: `${name}-attention`,
    nChannels: options.nGraphChannels,
    temperature: SINGLE_TEMPERATURE,
    seed: deriveSeed(options.seed, `${name}-attention`),
  }).apply(dropped);
  return keepTop(activate(attended as SymbolicTensor, name), name, ratio, options);
}

function mixedGraph(graph: MixedGraph, name: string, { graphDropout, seed }: AasistGraphOptions): MixedGraph {
  // Each kind has its own map into the space in which they meet. The order of the kinds is the reference's.
  const kinds = (['temporal', 'spectral'] as const).map((kind) => {
    const nodes = linear(graph[kind], {
      name: `${name}-${kind}`,
      units: graph[kind].shape[2] as number,
      seed,
    });
    return new Dropout({ name: `${name}-${kind}-dropout`, rate: graphDropout }).apply(nodes) as SymbolicTensor;
  });
  const attention = (role: string) => ({
    name: `${name}-${role}`,
    nChannels: N_BRANCH_CHANNELS,
    temperature: MIXED_TEMPERATURE,
    seed: deriveSeed(seed, `${name}-${role}`),
  });
  const all = layers.concatenate({ name: `${name}-nodes`, axis: 1 }).apply(kinds) as SymbolicTensor;
  const master = new MasterAttention(attention('master')).apply([all, graph.master]) as SymbolicTensor;
  const attended = new HeterogeneousGraphAttention(attention('attention')).apply(kinds) as SymbolicTensor;
  const [temporal, spectral] = new SplitNodes({ name: `${name}-split` }).apply([
    activate(attended, name),
    kinds[0] as SymbolicTensor,
  ]) as SymbolicTensor[];
  return { temporal: temporal as SymbolicTensor, spectral: spectral as SymbolicTensor, master };
}

function activate(nodes: SymbolicTensor, name: string): SymbolicTensor {
  const normalised = new BatchNorm({ name: `${name}-norm` }).apply(nodes);
  return new Selu({ name: `${name}-selu` }).apply(normalised) as SymbolicTensor;
}

/** The share `ratio` of the nodes whose scores, a linear map squashed to 0 to 1, are the highest. */
function keepTop(
  nodes: SymbolicTensor,
  name: string,
  ratio: number,
  { poolDropout, seed }: AasistGraphOptions,
): SymbolicTensor {
  const dropped = new Dropout({ name: `${name}-pool-dropout`, rate: poolDropout }).apply(nodes) as SymbolicTensor;
  const raw = linear(dropped, { name: `${name}-pool-scores`, units: 1, seed });
  const scores = layers.activation({ name: `${name}-pool-sigmoid`, activation: 'sigmoid' }).apply(raw);
  return new TopNodes({ name: `${name}-pool`, ratio }).apply([nodes, scores as SymbolicTensor]) as SymbolicTensor;
}

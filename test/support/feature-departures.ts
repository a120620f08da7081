/** Departures from the defaults for the options that features share; see `describeFeatureContract`. */

type Departures = Readonly<Record<string, { value: unknown; beside?: Readonly<Record<string, unknown>> }>>;

/** Of the options of short-time spectra, but for those whose defaults differ from feature to feature. */
export const spectrumDepartures: Departures = {
  nFft: { value: 1024 },
  winLength: { value: 400 },
  hopLength: { value: 200 },
  window: { value: 'blackman' },
  windowSymmetry: { value: 'symmetric' },
  center: { value: false },
  padMode: { value: 'reflect' },
  frameLength: { value: 'window', beside: { center: false, winLength: 200 } },
  preEmphasis: { value: 0.9 },
  preEmphasisStart: { value: 'extrapolate', beside: { preEmphasis: 0.97 } },
};

/** Of the options of mel filter banks. */
export const melDepartures: Departures = {
  nMels: { value: 40 },
  fMin: { value: 100 },
  fMax: { value: 7000 },
  scale: { value: 'htk' },
  norm: { value: 'none' },
};

/** Of the options of cepstra and their deltas. */
export const cepstralDepartures: Departures = {
  nCoefficients: { value: 12 },
  lifter: { value: 22 },
  cosine: { value: false },
  nDeltas: { value: 1 },
  deltas: { value: { type: 'regression', width: 7 }, beside: { nDeltas: 2 } },
};

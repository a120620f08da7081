/** What a clip can be: human speech, or synthesised, converted or replayed speech. */
export const LABELS = ['bonafide', 'spoof'] as const;

/** What a clip is: one of `LABELS`. */
export type Label = (typeof LABELS)[number];

/** Class indices as every model and loss here uses them: logits are `[spoof, bona fide]`. */
export const CLASS_INDEX: Readonly<Record<Label, number>> = { spoof: 0, bonafide: 1 };

/** One clip of a protocol, with where its audio lies. */
export interface Trial {
  /** Name without extension, and with folders only where the protocol or a folder of clips has them; unique in a set. */
  readonly utterance: string;
  /** Absolute path of the audio file. */
  readonly path: string;
  readonly label: Label;
  /** `undefined` where the protocol does not say. */
  readonly speaker?: string;
  /** The attack, such as `A07`; `undefined` for bona fide clips and where the protocol does not say. */
  readonly attackId?: string;
}

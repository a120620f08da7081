/**
 * Decoders that are kept from file to file, as setting one up costs more than decoding a clip. Each lends a decoder to
 * one caller at a time; one whose work failed is not lent again, so that a bad file can't spoil the next.
 */
export class DecoderPool<Decoder> {
  private readonly idle: Decoder[] = [];

  /** @param create makes a decoder, ready to use */
  constructor(private readonly create: () => Promise<Decoder>) {}

  /** Runs `work` with a decoder; `work` leaves it ready for another file. */
  async use<Result>(work: (decoder: Decoder) => Promise<Result>): Promise<Result> {
    const decoder = await this.take();
    const result = await work(decoder);
    this.giveBack(decoder);
    return result;
  }

  /** Lends a decoder for as long as the caller likes. */
  async take(): Promise<Decoder> {
    return this.idle.pop() ?? (await this.create());
  }

  /** Takes back a decoder that is ready for another file. */
  giveBack(decoder: Decoder): void {
    this.idle.push(decoder);
  }
}

/**
 * A pool of decoders of one of the wasm libraries, which are ready some time after they are made.
 *
 * @param load imports the decoder's class; called when one is made, so that only what is decoded is loaded
 */
export function openWasmPool<Decoder extends { readonly ready: Promise<unknown> }>(
  load: () => Promise<new () => Decoder>,
): DecoderPool<Decoder> {
  return new DecoderPool(async () => {
    const decoder = new (await load())();
    await decoder.ready;
    return decoder;
  });
}

/** What is used here of WebAssembly, which the types of Node leave out. */
declare namespace WebAssembly {
  class Memory {
    /** @param descriptor sizes in pages of 64 KiB */
    constructor(descriptor: { readonly initial: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}

/**
 * One eager context of TensorFlow's runtime, with what every call into it needs: the status object, the texts that C
 * reads, and the ledger of what is alive.
 */
import { EngineError } from '../errors.js';
import type { CApi, Pointer } from './c-api.js';
import { encodeSessionConfig, type SessionConfig } from './config-proto.js';
import { PointerLedger } from './ledger.js';

/** A device the runtime can compute on. */
export interface Device {
  /** Such as `/job:localhost/replica:0/task:0/device:GPU:0`. */
  readonly name: string;
  /** `CPU`, `GPU`, or a plug-in's own type. */
  readonly type: string;
}

/** Made by `openContext`; everything it owns goes with `close`. */
export class EngineContext {
  readonly ledger = new PointerLedger();
  readonly devices: readonly Device[];
  /** The first GPU, or undefined where ops run on the CPU. */
  readonly gpu: Device | undefined;
  readonly status: Pointer<'TF_Status'>;
  readonly context: Pointer<'TFE_Context'>;
  /** A serialized `ConfigProto`: how the context, and any session beside it, computes. */
  readonly config: Uint8Array;
  private readonly names = new Map<string, Pointer<'char'>>();
  private isOpen = true;

  constructor(
    readonly api: CApi,
    config: SessionConfig,
  ) {
    this.config = encodeSessionConfig(config);
    this.status = api.TF_NewStatus();
    this.ledger.status++;
    try {
      this.context = this.openContext();
      this.devices = this.listDevices();
    } catch (error) {
      this.close();
      throw error;
    }
    this.gpu = this.devices.find((device) => device.type === 'GPU');
  }

  /** Whether `close` is still to come. */
  get open(): boolean {
    return this.isOpen;
  }

  /** Throws the last call's failure, if it failed, as an `EngineError` that begins with `where`. */
  check(where: () => string): void {
    if (this.api.TF_GetCode(this.status) === 0) return;
    const message = firstLine(this.api.TF_Message(this.status));
    this.api.TF_SetStatus(this.status, 0, '');
    throw new EngineError(`${where()}: ${message}`);
  }

  /** `text` where C can read it for as long as the context lives: the names of ops, attributes and devices. */
  name(text: string): Pointer<'char'> {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const address = this.api.newText(text);
    this.names.set(text, address);
    this.ledger.name++;
    return address;
  }

  /** Frees the context, the status and the names. The owner of handles frees those before. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const address of this.names.values()) this.api.free(address);
    this.ledger.name -= this.names.size;
    this.names.clear();
    if (this.ledger.context > 0) {
      this.api.TFE_DeleteContext(this.context);
      this.ledger.context--;
    }
    this.api.TF_DeleteStatus(this.status);
    this.ledger.status--;
  }

  private openContext(): Pointer<'TFE_Context'> {
    const { api, ledger, status, config } = this;
    const options = api.TFE_NewContextOptions();
    ledger.contextOptions++;
    try {
      api.TFE_ContextOptionsSetConfig(options, config, config.length, status);
      this.check(() => 'engine: session options');
      const context = api.TFE_NewContext(options, status);
      this.check(() => "engine: TensorFlow can't open a context");
      ledger.context++;
      return context;
    } finally {
      api.TFE_DeleteContextOptions(options);
      ledger.contextOptions--;
    }
  }

  private listDevices(): Device[] {
    const { api, ledger, status } = this;
    const list = api.TFE_ContextListDevices(this.context, status);
    this.check(() => 'engine: device list');
    ledger.deviceList++;
    try {
      return Array.from({ length: api.TF_DeviceListCount(list) }, (_, i) => ({
        name: api.TF_DeviceListName(list, i, status),
        type: api.TF_DeviceListType(list, i, status),
      }));
    } finally {
      api.TF_DeleteDeviceList(list);
      ledger.deviceList--;
    }
  }
}

/** TensorFlow's first line, without the names it gives its wrappers around an eager op and the machine's name. */
function firstLine(message: string): string {
  return message
    .split('\n', 1)[0]
    .replace(/^(\{\{.*?\}\}\s*)+/, '')
    .replace(/\s*\[Op:\w+\](\s*name:.*)?\s*$/, '')
    .replace(/ in binary running on \S+\..*$/, '')
    .replace(/:\s*$/, '')
    .trim();
}

/**
 * TensorFlow's C API through koffi: the one table of the functions used and their C types, from which both koffi's
 * declarations and the TypeScript types follow. A wrong line here crashes the process, so it is all in one place.
 * Headers: tensorflow/c/{c_api,tf_status,tf_tensor,tf_tstring}.h and tensorflow/c/eager/c_api.h.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { EngineError, messageOf } from '../errors.js';

/**
 * The address of something C owns. A number, not a bigint: user-space addresses stay below 2^48 on every platform Node
 * runs on, and koffi passes numbers in half the time.
 */
export type Pointer<Of extends string> = number & { readonly pointerTo: Of };

/** How a C type is written for koffi, and what it is in TypeScript. */
interface CType<Value> {
  readonly koffi: string;
  readonly value?: Value;
}
const pointerTo = <Of extends string>(_of: Of): CType<Pointer<Of>> => ({ koffi: 'uintptr_t' });

const VOID: CType<void> = { koffi: 'void' };
const INT: CType<number> = { koffi: 'int' };
const INT64: CType<number> = { koffi: 'int64_t' };
const SIZE: CType<number> = { koffi: 'size_t' };
const FLOAT: CType<number> = { koffi: 'float' };
const BYTE: CType<number> = { koffi: 'uint8_t' };
const TEXT: CType<string> = { koffi: 'str' };
/** Memory of ours that C reads or fills during the call and forgets afterwards. */
const BUFFER: CType<ArrayBufferView | null> = { koffi: 'void *' };
/** A text of ours at a fixed address, ended by a zero: see `NameTable`. */
const NAME = pointerTo('char');
const DATA = pointerTo('data');
const STATUS = pointerTo('TF_Status');
const TENSOR = pointerTo('TF_Tensor');
const STRING = pointerTo('TF_TString');
const CONTEXT_OPTIONS = pointerTo('TFE_ContextOptions');
const CONTEXT = pointerTo('TFE_Context');
const DEVICES = pointerTo('TF_DeviceList');
const OP = pointerTo('TFE_Op');
const HANDLE = pointerTo('TFE_TensorHandle');
const GRAPH = pointerTo('TF_Graph');
const OPERATION = pointerTo('TF_Operation');
/** `TF_Output`, by value: an operation and which of its outputs. */
const OUTPUT: CType<GraphOutput> = { koffi: 'TF_Output' };
const SESSION = pointerTo('TF_Session');
const PROTO = pointerTo('TF_Buffer');
const IMPORT_OPTIONS = pointerTo('TF_ImportGraphDefOptions');
const FUNCTION = pointerTo('TF_Function');
const SESSION_OPTIONS = pointerTo('TF_SessionOptions');

/** One output of a graph's operation. */
export interface GraphOutput {
  readonly operation: Pointer<'TF_Operation'>;
  readonly index: number;
}
koffi.struct('TF_Output', { operation: 'uintptr_t', index: 'int' });

interface Signature<Call> {
  readonly result: string;
  readonly parameters: readonly string[];
  readonly call?: Call;
}

function signature<Result, Parameters extends readonly unknown[]>(
  result: CType<Result>,
  ...parameters: { [Index in keyof Parameters]: CType<Parameters[Index]> }
): Signature<(...parameters: Parameters) => Result> {
  return { result: result.koffi, parameters: parameters.map((parameter) => (parameter as CType<unknown>).koffi) };
}

const SIGNATURES = {
  TF_Version: signature(TEXT),
  TF_NewStatus: signature(STATUS),
  TF_DeleteStatus: signature(VOID, STATUS),
  TF_GetCode: signature(INT, STATUS),
  TF_Message: signature(TEXT, STATUS),
  TF_SetStatus: signature(VOID, STATUS, INT, TEXT),

  TFE_NewContextOptions: signature(CONTEXT_OPTIONS),
  TFE_DeleteContextOptions: signature(VOID, CONTEXT_OPTIONS),
  TFE_ContextOptionsSetConfig: signature(VOID, CONTEXT_OPTIONS, BUFFER, SIZE, STATUS),
  TFE_NewContext: signature(CONTEXT, CONTEXT_OPTIONS, STATUS),
  TFE_DeleteContext: signature(VOID, CONTEXT),
  TFE_ContextListDevices: signature(DEVICES, CONTEXT, STATUS),
  TF_DeviceListCount: signature(INT, DEVICES),
  TF_DeviceListName: signature(TEXT, DEVICES, INT, STATUS),
  TF_DeviceListType: signature(TEXT, DEVICES, INT, STATUS),
  TF_DeleteDeviceList: signature(VOID, DEVICES),

  TF_AllocateTensor: signature(TENSOR, INT, BUFFER, INT, SIZE),
  TF_DeleteTensor: signature(VOID, TENSOR),
  TF_TensorData: signature(DATA, TENSOR),
  TF_TensorByteSize: signature(SIZE, TENSOR),
  TF_StringInit: signature(VOID, STRING),
  TF_StringCopy: signature(VOID, STRING, BUFFER, SIZE),
  TF_StringDealloc: signature(VOID, STRING),
  TF_StringGetDataPointer: signature(DATA, STRING),
  TF_StringGetSize: signature(SIZE, STRING),

  TFE_NewTensorHandle: signature(HANDLE, TENSOR, STATUS),
  TFE_DeleteTensorHandle: signature(VOID, HANDLE),
  TFE_TensorHandleDataType: signature(INT, HANDLE),
  TFE_TensorHandleNumDims: signature(INT, HANDLE, STATUS),
  TFE_TensorHandleDim: signature(INT64, HANDLE, INT, STATUS),
  TFE_TensorHandleResolve: signature(TENSOR, HANDLE, STATUS),
  TFE_TensorHandleCopyToDevice: signature(HANDLE, HANDLE, CONTEXT, NAME, STATUS),

  TFE_NewOp: signature(OP, CONTEXT, NAME, STATUS),
  TFE_DeleteOp: signature(VOID, OP),
  TFE_OpAddInput: signature(VOID, OP, HANDLE, STATUS),
  TFE_OpNameGetAttrType: signature(INT, CONTEXT, NAME, NAME, BUFFER, STATUS),
  TFE_OpSetAttrString: signature(VOID, OP, NAME, BUFFER, SIZE),
  TFE_OpSetAttrInt: signature(VOID, OP, NAME, INT64),
  TFE_OpSetAttrFloat: signature(VOID, OP, NAME, FLOAT),
  TFE_OpSetAttrBool: signature(VOID, OP, NAME, BYTE),
  TFE_OpSetAttrType: signature(VOID, OP, NAME, INT),
  TFE_OpSetAttrShape: signature(VOID, OP, NAME, BUFFER, INT, STATUS),
  TFE_OpSetAttrFunctionName: signature(VOID, OP, NAME, BUFFER, SIZE),
  TFE_OpSetAttrStringList: signature(VOID, OP, NAME, BUFFER, BUFFER, INT),
  TFE_OpSetAttrIntList: signature(VOID, OP, NAME, BUFFER, INT),
  TFE_OpSetAttrFloatList: signature(VOID, OP, NAME, BUFFER, INT),
  TFE_OpSetAttrBoolList: signature(VOID, OP, NAME, BUFFER, INT),
  TFE_OpSetAttrTypeList: signature(VOID, OP, NAME, BUFFER, INT),
  TF_GetRegisteredKernelsForOp: signature(PROTO, NAME, STATUS),
  TFE_Execute: signature(VOID, OP, BUFFER, BUFFER, STATUS),

  TF_NewGraph: signature(GRAPH),
  TF_DeleteGraph: signature(VOID, GRAPH),
  TF_GraphOperationByName: signature(OPERATION, GRAPH, TEXT),
  TF_GraphGetTensorNumDims: signature(INT, GRAPH, OUTPUT, STATUS),
  TF_GraphGetTensorShape: signature(VOID, GRAPH, OUTPUT, BUFFER, INT, STATUS),
  TF_OperationOutputType: signature(INT, OUTPUT),
  TF_NewBuffer: signature(PROTO),
  TF_NewBufferFromString: signature(PROTO, BUFFER, SIZE),
  TF_DeleteBuffer: signature(VOID, PROTO),
  TF_NewImportGraphDefOptions: signature(IMPORT_OPTIONS),
  TF_DeleteImportGraphDefOptions: signature(VOID, IMPORT_OPTIONS),
  TF_GraphImportGraphDef: signature(VOID, GRAPH, PROTO, IMPORT_OPTIONS, STATUS),
  TF_GraphToFunction: signature(
    FUNCTION,
    GRAPH,
    TEXT,
    BYTE,
    INT,
    BUFFER,
    INT,
    BUFFER,
    INT,
    BUFFER,
    BUFFER,
    BUFFER,
    BUFFER,
    STATUS,
  ),
  TF_DeleteFunction: signature(VOID, FUNCTION),
  TFE_ContextAddFunction: signature(VOID, CONTEXT, FUNCTION, STATUS),
  TFE_ContextRemoveFunction: signature(VOID, CONTEXT, TEXT, STATUS),

  TF_NewSessionOptions: signature(SESSION_OPTIONS),
  TF_DeleteSessionOptions: signature(VOID, SESSION_OPTIONS),
  TF_SetConfig: signature(VOID, SESSION_OPTIONS, BUFFER, SIZE, STATUS),
  TF_NewSession: signature(SESSION, GRAPH, SESSION_OPTIONS, STATUS),
  TF_LoadSessionFromSavedModel: signature(SESSION, SESSION_OPTIONS, BUFFER, TEXT, BUFFER, INT, GRAPH, BUFFER, STATUS),
  TF_DeleteSession: signature(VOID, SESSION, STATUS),
  TF_SessionRun: signature(VOID, SESSION, PROTO, BUFFER, BUFFER, INT, BUFFER, BUFFER, INT, BUFFER, INT, PROTO, STATUS),
} as const;

/** Names of the functions that a library has to export. */
export const C_FUNCTIONS: readonly string[] = Object.keys(SIGNATURES);

type Functions = {
  readonly [Name in keyof typeof SIGNATURES]: NonNullable<(typeof SIGNATURES)[Name]['call']>;
};

/** The functions of the C library, ready to call, and three that move bytes between its memory and ours. */
export interface CApi extends Functions {
  /** Copies `bytes` bytes from our memory to C's. */
  copyIn(to: number, from: ArrayBufferView, bytes: number): void;
  /** Copies `bytes` bytes from C's memory to ours. */
  copyOut(to: ArrayBufferView, from: number, bytes: number): void;
  /** `text` at a fixed address, ended by a zero byte, until `free`. */
  newText(text: string): Pointer<'char'>;
  /** Frees what `newText` made. */
  free(text: Pointer<'char'>): void;
}

/** The files to load. `framework` is absent where one file holds all of TensorFlow (the Windows C archive). */
export interface LibraryFiles {
  readonly framework?: string;
  readonly main: string;
}

/** File names by platform: first as the Python wheel has them, then as the C library archive has them. */
const FILE_NAMES: Readonly<Record<string, readonly { framework?: string; main: string }[]>> = {
  linux: [
    { framework: 'libtensorflow_framework.so.2', main: 'libtensorflow_cc.so.2' },
    { framework: 'libtensorflow_framework.so.2', main: 'libtensorflow.so.2' },
  ],
  darwin: [
    { framework: 'libtensorflow_framework.2.dylib', main: 'libtensorflow_cc.2.dylib' },
    { framework: 'libtensorflow_framework.2.dylib', main: 'libtensorflow.2.dylib' },
  ],
  win32: [{ main: 'tensorflow_cc.dll' }, { main: 'tensorflow.dll' }],
};

/** The library's files in `directory`, or undefined where it holds no whole set for this platform. */
export function libraryFilesIn(directory: string, platform: string = process.platform): LibraryFiles | undefined {
  for (const { framework, main } of FILE_NAMES[platform] ?? []) {
    const files = {
      main: join(directory, main),
      ...(framework === undefined ? {} : { framework: join(directory, framework) }),
    };
    if (existsSync(files.main) && (files.framework === undefined || existsSync(files.framework))) return files;
  }
  return undefined;
}

/**
 * Loads the library and declares its functions. `libtensorflow_framework` goes first, as the other file's symbols
 * resolve against it; both stay loaded until the process ends.
 *
 * @throws EngineError where a file can't be loaded or lacks a function
 */
export function loadCApi(files: LibraryFiles): CApi {
  const process = koffi.load(globalThis.process.platform === 'win32' ? 'msvcrt.dll' : null);
  try {
    const order = files.framework === undefined ? [files.main] : [files.framework, files.main];
    const libraries = order.map((file) => {
      keepLoaded(file);
      return koffi.load(file, { global: true, lazy: true });
    });
    const main = libraries[libraries.length - 1];
    const functions: Record<string, unknown> = {};
    for (const [name, { result, parameters }] of Object.entries(SIGNATURES)) {
      functions[name] = main.func(name, result, [...parameters]);
    }
    const copyIn: CApi['copyIn'] = process.func('memcpy', 'void', ['uintptr_t', 'void *', 'size_t']);
    const api = {
      ...functions,
      copyIn,
      copyOut: process.func('memcpy', 'void', ['void *', 'uintptr_t', 'size_t']),
      newText: (text: string) => {
        const bytes = Buffer.from(`${text}\0`);
        const address = Number(koffi.alloc('char', bytes.length)) as Pointer<'char'>;
        copyIn(address, bytes, bytes.length);
        return address;
      },
      free: (text: Pointer<'char'>) => koffi.free(BigInt(text)),
    };
    // The table above is what makes this cast true.
    return api as unknown as CApi;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(`TensorFlow library ${files.main}: can't be loaded: ${messageOf(error)}`, { cause: error });
  }
}

/** Symbols are bound as they are first called: there are some 400,000, and binding them all takes as long as the rest. */
const RTLD_LAZY = 1;
const DLOPEN_FLAGS: Readonly<Record<string, number>> = {
  linux: RTLD_LAZY | 0x100 /* RTLD_GLOBAL */ | 0x1000 /* RTLD_NODELETE */,
  darwin: RTLD_LAZY | 0x8 /* RTLD_GLOBAL */ | 0x80 /* RTLD_NODELETE */,
};

/**
 * Takes a reference to the library that nobody gives back. koffi closes its own when the thread's Node environment
 * ends, and unloading the library under TensorFlow's thread pools is a segmentation fault at every exit.
 */
function keepLoaded(file: string): void {
  const flags = DLOPEN_FLAGS[process.platform];
  if (flags === undefined) {
    koffi.load('kernel32.dll').func('LoadLibraryW', 'void *', ['str16'])(file);
    return;
  }
  // Where this fails, the load that follows fails too, and says why.
  koffi.load(null).func('dlopen', 'uintptr_t', ['str', 'int'])(file, flags);
}

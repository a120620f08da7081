/** The engine that tests run on. */
import { startNativeBackend } from '../../src/runtime/native/native-backend.js';

let started: Promise<unknown> | undefined;

/** Starts the native engine once a process. */
export async function startTestEngine(): Promise<void> {
  started ??= startNativeBackend(process.env.VOICEPROOF_TEST_LIBRARY ?? '/tmp/tflib/tensorflow');
  await started;
}

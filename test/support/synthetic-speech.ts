/** The signal of `test/fixtures/features/make_features.py`; see there. */
export { synthesizeSpeech } from '../../src/testing/synthetic-speech.js';

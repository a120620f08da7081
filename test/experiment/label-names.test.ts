import { expect, test } from 'vitest';
import { bonafideIndexOf, inOrderOf } from '../../src/experiment/label-names.js';

test.each([
  [['fake', 'real'], 1],
  [['real', 'fake'], 0],
  [['REAL', 'FAKE'], 0],
  [['spoof', 'bonafide'], 1],
  [['bona-fide', 'spoofed'], 0],
  [['Bona Fide', 'Spoof'], 0],
  [['AIVoice', 'HumanVoice'], 1],
  [['human', 'machine-generated'], 0],
  [['genuine', 'deepfake'], 0],
  [['synthetic', 'authentic'], 1],
  [['LABEL_0', 'genuine'], 1],
  [['class 0', 'tts'], 0],
])('of %j, number %i is bona fide', (labels, index) => {
  expect(bonafideIndexOf(labels)).toBe(index);
});

test('names that do not tell are refused, but one may be told', () => {
  expect(() => bonafideIndexOf(['LABEL_0', 'LABEL_1'])).toThrow(
    /can't tell which class is bona fide: LABEL_0, LABEL_1; name it with `bonafideLabel/,
  );
  expect(() => bonafideIndexOf(['fake', 'spoof'])).toThrow(/can't tell/);
  expect(() => bonafideIndexOf(['real fake', 'fake real'])).toThrow(/can't tell/);
  expect(() => bonafideIndexOf(['a', 'b', 'c'])).toThrow(/two classes, got 3/);
  expect(bonafideIndexOf(['LABEL_0', 'LABEL_1'], 'LABEL_0')).toBe(0);
  expect(() => bonafideIndexOf(['LABEL_0', 'LABEL_1'], 'real')).toThrow(/one of the checkpoint's classes/);
});

test('logits go back into the order of the checkpoint', () => {
  expect(inOrderOf([-1, 2], 1)).toEqual([-1, 2]);
  expect(inOrderOf([-1, 2], 0)).toEqual([2, -1]);
});

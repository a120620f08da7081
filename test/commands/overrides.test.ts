import { expect, test } from 'vitest';
import { parseOverrides } from '../../src/commands/overrides.js';
import { ConfigError } from '../../src/runtime/errors.js';

test('paths become nested options, values are JSON or else text, and the later setting wins', () => {
  const settings = [
    'a.b.c=1e-3',
    'a.b.d=true',
    'name=lcnn',
    'empty=',
    'list=[1,2]',
    'nothing=null',
    'text="3"',
    'a.e=x=y',
    'name=aasist',
  ];
  expect(parseOverrides(settings)).toEqual({
    a: { b: { c: 0.001, d: true }, e: 'x=y' },
    name: 'aasist',
    empty: '',
    list: [1, 2],
    nothing: null,
    text: '3',
  });
  expect(parseOverrides([])).toEqual({});
});

test('a part of an object given as JSON can be set', () => {
  expect(parseOverrides(['feature={"type":"lfcc"}', 'feature.nFft=1024'])).toEqual({
    feature: { type: 'lfcc', nFft: 1024 },
  });
});

test.each(['nMels', '=3', 'a..b=1', '.a=1', 'a.=1', '', '__proto__.x=1'])('"%s" is refused', (setting) => {
  expect(() => parseOverrides([setting])).toThrow(
    new ConfigError(`--set: expected path=value, such as training.learningRate=1e-4, got "${setting}"`),
  );
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('a part of a plain value is refused', () => {
  expect(() => parseOverrides(['model=lcnn', 'model.dropout=0.5'])).toThrow(
    new ConfigError('--set: "model.dropout=0.5" sets a part of model, which another --set made a plain value'),
  );
});

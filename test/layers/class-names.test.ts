import { readdirSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';

test('class names are unique, unlike the built-in ones, and registered', async () => {
  const registered = () => tf.serialization.SerializationMap.getMap().classNameMap;
  const taken = new Set(Object.keys(registered()));
  expect(taken).toContain('BatchNormalization');
  const folder = new URL('../../src/layers/', import.meta.url);
  const found: string[] = [];
  for (const file of readdirSync(folder)) {
    const exports: Record<string, unknown> = await import(new URL(file, folder).href);
    for (const each of Object.values(exports)) {
      if (!(typeof each === 'function' && each.prototype instanceof layers.Layer)) continue;
      const { className } = each as unknown as { className: string };
      expect(taken, `${file}: the name is taken`).not.toContain(className);
      expect(registered()[className]?.[0], `${file}: not registered`).toBe(each);
      taken.add(className);
      found.push(className);
    }
  }
  expect(found.length).toBeGreaterThanOrEqual(7);
});

import type { Json } from '../../base/stable-json.js';
import { noteTemplate, type Standing } from './field-values.js';
import type { Reading } from './scope.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** A value of any depth as JSON; expressions in its texts are noted for checking. */
export const readJson = (node: YamlNode, standing: Standing, reading: Reading): Json => {
  switch (node.kind) {
    case 'list':
      return node.items.map((item) => readJson(item, standing, reading));
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, readJson(value, standing, reading)]));
    case 'scalar':
      return isPlain(node.value) ? node.value : noteTemplate(node, standing, reading);
  }
};

/** An integer that a double cannot hold becomes text. */
const isPlain = (value: string | number | boolean | null): value is number | boolean | null =>
  typeof value === 'number' ? !Number.isInteger(value) || Number.isSafeInteger(value) : typeof value !== 'string';

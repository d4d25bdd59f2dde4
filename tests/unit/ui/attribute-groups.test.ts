/** How the Edit room shows the named dimensions of a model: in groups, in plain words, choices as choices. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSafetensors } from '../../../src/checkpoints/safetensors';
import { type LatentAttribute, readAttributes } from '../../../src/studio/model/model-facts';
import { foundTraits, traitGroups } from '../../../src/ui/face/attribute-groups';

const bundled = readAttributes(
  parseSafetensors(readFileSync(new URL('../../../public/weights/portrait-eg3d.safetensors', import.meta.url))),
  64,
);

function attribute(index: number, name: string, more: Partial<LatentAttribute> = {}): LatentAttribute {
  return { index, name, low: '', high: '', choice: undefined, ...more };
}

const only = (...attributes: LatentAttribute[]) => traitGroups(attributes)[0]!.traits;

describe('the bundled model', () => {
  const groups = traitGroups(bundled);
  const traits = groups.flatMap(({ traits }) => traits);

  test('its ten hair styles are one choice; all else is on a slider, once', () => {
    expect(groups.flatMap(({ choices }) => choices).map(({ name, options }) => [name, options.length])).toEqual([
      ['hair style', 10],
    ]);
    const [style] = groups.find(({ group }) => group === 'hair')!.choices;
    expect(style!.options.map(({ label }) => label)).toContain('ponytail');
    expect(traits.map(({ dimension }) => dimension).sort((a, b) => a - b)).toEqual(
      bundled.filter(({ choice }) => !choice).map(({ index }) => index),
    );
  });

  test('nothing is left without a group, and nothing speaks of files', () => {
    expect(groups.map(({ group }) => group)).not.toContain('others');
    for (const { label, ends } of traits) {
      for (const words of [label, ...ends]) expect(words, label).toMatch(/^[A-Za-z][A-Za-z ,]*$/);
      expect(ends[0], label).not.toBe(ends[1]);
      expect(ends, label).not.toContain('less'); // every one has words of its own
    }
    const labels = traits.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });
});

describe('of any model', () => {
  test('words come from the file where they are plain, else from the name, else they are less and more', () => {
    expect(only(attribute(0, 'age', { low: 'young', high: 'old (beyond 80)' }))[0]!.ends).toEqual(['young', 'old']);
    expect(only(attribute(0, 'ear width', { low: 'low: ears/ear-in' }))[0]!.ends).toEqual(['narrow', 'wide']);
    expect(only(attribute(0, 'tail wag', { low: 'low: tail/wag-less' }))[0]!.ends).toEqual(['less', 'more']);
    const [tip] = only(attribute(0, 'nose tip down/up'));
    expect(tip).toMatchObject({ label: 'nose tip', ends: ['down', 'up'] });
  });

  test('groups come from words of the name, whole ones; a group of one is no choice', () => {
    const groupOf = (name: string) => traitGroups([attribute(0, name)])[0]!.group;
    expect(['beard', 'ear size', 'Lower Lip', 'collar', 'hue of the nostrils', 'wings'].map(groupOf)).toEqual([
      'hair',
      'shape',
      'mouth',
      'clothes',
      'nose',
      'others',
    ]);
    const [alone] = traitGroups([attribute(0, 'fur a', { choice: { group: 'fur', label: 'a' } })]);
    expect(alone!.choices).toEqual([]);
    expect(alone!.traits).toHaveLength(1);
  });

  test('known ones come first, in the order of how much they change; the others as the file has them', () => {
    const names = only(attribute(3, 'shyness of eyes'), attribute(1, 'eye warmth'), attribute(2, 'eye colour'));
    expect(names.map(({ dimension }) => dimension)).toEqual([2, 3, 1]);
  });

  test('a search finds names, ends and options', () => {
    const groups = traitGroups(bundled);
    expect(foundTraits(groups, ' SMILE ').traits.map(({ label }) => label)).toEqual(['smile']);
    expect(foundTraits(groups, 'blond').traits.map(({ label }) => label)).toEqual(['hair lightness']);
    expect(foundTraits(groups, 'ponytail').choices.map(({ name }) => name)).toEqual(['hair style']);
    expect(foundTraits(groups, 'wings')).toEqual({ choices: [], traits: [] });
  });
});

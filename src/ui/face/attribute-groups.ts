/** The named dimensions of a model as the Edit room shows them: in groups, with plain words, what changes a face most before the rest. */
import type { LatentAttribute } from '../../studio/model/model-facts';
import {
  ATTRIBUTE_GROUPS,
  type AttributeGroup,
  BY_CHANGE,
  ENDS_BY_LAST_WORD,
  GROUP_WORDS,
  KNOWN_WORDS,
  USUAL_ENDS,
} from '../strings/attributes';

/** One dimension, on a slider. */
export interface Trait {
  readonly dimension: number;
  readonly label: string;
  /** What low and high values look like. */
  readonly ends: readonly [string, string];
}

/** Several dimensions of which the largest number wins, as one control. */
export interface TraitChoice {
  readonly name: string;
  readonly options: readonly { readonly dimension: number; readonly label: string }[];
}

export interface TraitGroup {
  readonly group: AttributeGroup;
  readonly choices: readonly TraitChoice[];
  readonly traits: readonly Trait[];
}

/** Groups that have something in them; in each, what changes a face most comes first. */
export function traitGroups(attributes: readonly LatentAttribute[]): TraitGroup[] {
  const choices = choicesOf(attributes);
  const ofChoices = new Set(choices.flatMap(({ options }) => options.map(({ dimension }) => dimension)));
  const single = attributes.filter(({ index }) => !ofChoices.has(index)).sort((a, b) => rankOf(a) - rankOf(b));
  return ATTRIBUTE_GROUPS.map((group) => ({
    group,
    choices: choices.filter(({ name }) => groupOf(name) === group),
    traits: single.filter(({ name }) => groupOf(name) === group).map(traitOf),
  })).filter(({ choices, traits }) => choices.length + traits.length > 0);
}

/** What has a text in its name, its group's choices by their own name. */
export function foundTraits(groups: readonly TraitGroup[], text: string): Pick<TraitGroup, 'choices' | 'traits'> {
  const wanted = text.trim().toLowerCase();
  const has = (name: string) => name.toLowerCase().includes(wanted);
  return {
    choices: groups.flatMap(({ choices }) =>
      choices.filter(({ name, options }) => has(name) || options.some(({ label }) => has(label))),
    ),
    traits: groups.flatMap(({ traits }) =>
      traits.filter(({ label, ends }) => has(label) || ends.some((end) => !isUsual(end) && has(end))),
    ),
  };
}

/** A group of one is no choice. */
function choicesOf(attributes: readonly LatentAttribute[]): TraitChoice[] {
  const choices = new Map<string, TraitChoice['options']>();
  for (const { index: dimension, choice } of attributes) {
    if (choice) choices.set(choice.group, [...(choices.get(choice.group) ?? []), { dimension, label: choice.label }]);
  }
  return [...choices].filter(([, options]) => options.length > 1).map(([name, options]) => ({ name, options }));
}

function groupOf(name: string): AttributeGroup {
  return GROUP_WORDS.find(([, words]) => words.test(name.toLowerCase()))?.[0] ?? 'others';
}

const RANKS = new Map(BY_CHANGE.map((name, rank) => [name, rank]));

function rankOf({ name }: LatentAttribute): number {
  return RANKS.get(name.toLowerCase()) ?? RANKS.size;
}

function traitOf({ index: dimension, name, low, high }: LatentAttribute): Trait {
  const known = KNOWN_WORDS[name.toLowerCase()];
  // "nose tip down/up" names its ends itself.
  const [, bare = name, first, second] = /^(.+?)\s+([\w-]+)\/([\w-]+)$/.exec(name) ?? [];
  const named = first !== undefined && second !== undefined ? ([first, second] as const) : undefined;
  const lastWord = bare.toLowerCase().split(/\s+/).at(-1) ?? '';
  const usual = ENDS_BY_LAST_WORD[lastWord] ?? USUAL_ENDS;
  const ends = known?.ends ?? named ?? ([plain(low) ?? usual[0], plain(high) ?? usual[1]] as const);
  return { dimension, label: known?.label ?? bare, ends };
}

function isUsual(end: string): boolean {
  return USUAL_ENDS.includes(end);
}

/** The meaning of an end without remarks in brackets; undefined for the paths of a modelling program's targets, which say nothing to people. */
function plain(text: string): string | undefined {
  const bare = text.replace(/\(.*$/, '').trim();
  return bare === '' || /\w\/\S+-/.test(bare) ? undefined : bare;
}

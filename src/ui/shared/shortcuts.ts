/**
 * The keys of the page, in one table: what is handled is what the help sheet shows. Keys with "where: picture" work while the picture has
 * the focus (arrows scroll elsewhere), the others anywhere but in fields that take text and in dialogs.
 */
import { isOrbitKey, ORBIT_KEYS, pressKey } from '../../camera/orbit';
import { nextComparison, settingsFor } from '../../studio/compare/comparison';
import { canShow, NAMED_BACKDROPS, PICTURE_KINDS, type PictureKind } from '../../studio/shared/settings';
import type { Studio } from '../../studio/studio';
import { saveSnapshot } from '../stage/save-snapshot';
import { takesText } from './form-parts';
import { toggleFullscreen } from './fullscreen';

export const SHORTCUT_GROUPS = ['turn', 'zoom', 'face', 'undo', 'renderer', 'picture', 'play', 'help'] as const;
export type ShortcutGroup = (typeof SHORTCUT_GROUPS)[number];

/** What a key does; the strings have a line for each. */
export type ShortcutName =
  | PictureKind
  | 'turn'
  | 'zoom'
  | 'reset'
  | 'newFace'
  | 'undo'
  | 'redo'
  | 'renderer'
  | 'compare'
  | 'play'
  | 'autoRotate'
  | 'background'
  | 'snapshot'
  | 'fullscreen'
  | 'help';

export interface Shortcut {
  readonly name: ShortcutName;
  readonly group: ShortcutGroup;
  readonly where: 'picture' | 'page';
  /** Any of these, under their KeyboardEvent names; letters in lower case. */
  readonly keys: readonly string[];
  /** Those of the keys that the sheet shows, if not all. */
  readonly shown?: readonly string[];
  /** With Ctrl, or Command on a Mac; without any modifier but Shift if left out. */
  readonly withControl?: boolean;
  /** Whether Shift must be down, or must not; if left out it does not matter. */
  readonly withShift?: boolean;
  /** Whether a key that is held goes on. */
  readonly repeats?: true;
  readonly run: (studio: Studio, event: KeyboardEvent) => void;
}

function moveCamera(studio: Studio, { key, shiftKey }: KeyboardEvent): void {
  if (isOrbitKey(key)) studio.moveCamera((view) => pressKey(view, key, shiftKey));
}

function showPicture(kind: PictureKind): Shortcut['run'] {
  return (studio) => {
    if (canShow(kind, studio.state.settings)) studio.setPicture(kind);
  };
}

function compareOtherwise(studio: Studio): void {
  const { settings, student } = studio.state;
  studio.changeSettings(settingsFor(nextComparison(settings, student)));
}

/** The next of those that have a name. */
function standOnNext(studio: Studio): void {
  const names: readonly string[] = NAMED_BACKDROPS;
  const at = names.indexOf(studio.state.settings.backdrop);
  studio.changeSettings({ backdrop: NAMED_BACKDROPS[(at + 1) % names.length]! });
}

const isArrow = (key: string) => key.startsWith('Arrow');
const isReset = (key: string) => key === 'Home' || key.toLowerCase() === 'r';

/** For the element that shows the picture, which has them without a page around it too. */
export const PICTURE_SHORTCUTS: readonly Shortcut[] = [
  {
    name: 'turn',
    group: 'turn',
    where: 'picture',
    keys: ORBIT_KEYS.filter(isArrow),
    repeats: true,
    run: moveCamera,
  },
  {
    name: 'reset',
    group: 'turn',
    where: 'picture',
    keys: ORBIT_KEYS.filter(isReset).map((key) => (key === 'Home' ? key : 'r')),
    shown: ['Home', 'r'],
    run: moveCamera,
  },
  {
    name: 'zoom',
    group: 'zoom',
    where: 'picture',
    keys: ORBIT_KEYS.filter((key) => !isArrow(key) && !isReset(key)),
    shown: ['+', '-'],
    repeats: true,
    run: moveCamera,
  },
  { name: 'newFace', group: 'face', where: 'page', keys: ['n'], run: (studio) => studio.newFace() },
  {
    name: 'undo',
    group: 'undo',
    where: 'picture',
    keys: ['Backspace'],
    repeats: true,
    run: (studio) => studio.undo.undo(),
  },
];

const PAGE_SHORTCUTS: readonly Shortcut[] = [
  {
    name: 'undo',
    group: 'undo',
    where: 'page',
    keys: ['z'],
    withControl: true,
    withShift: false,
    repeats: true,
    run: (studio) => studio.undo.undo(),
  },
  {
    name: 'redo',
    group: 'undo',
    where: 'page',
    keys: ['z'],
    withControl: true,
    withShift: true,
    repeats: true,
    run: (studio) => studio.undo.redo(),
  },
  {
    name: 'redo',
    group: 'undo',
    where: 'page',
    keys: ['y'],
    withControl: true,
    withShift: false,
    repeats: true,
    run: (studio) => studio.undo.redo(),
  },
  { name: 'renderer', group: 'renderer', where: 'page', keys: ['t'], run: (studio) => studio.toggleRenderer() },
  { name: 'compare', group: 'renderer', where: 'page', keys: ['c'], run: compareOtherwise },
  ...PICTURE_KINDS.map(
    (kind, index): Shortcut => ({
      name: kind,
      group: 'picture',
      where: 'page',
      keys: [String((index + 1) % 10)],
      run: showPicture(kind),
    }),
  ),
  {
    name: 'play',
    group: 'play',
    where: 'page',
    keys: ['p'],
    run: (studio) => studio.setPlaying(!studio.state.isPlaying),
  },
  {
    name: 'autoRotate',
    group: 'play',
    where: 'page',
    keys: ['a'],
    run: (studio) => studio.changeSettings({ autoRotate: !studio.state.settings.autoRotate }),
  },
  { name: 'background', group: 'picture', where: 'page', keys: ['b'], run: standOnNext },
  { name: 'snapshot', group: 'picture', where: 'page', keys: ['s'], run: saveSnapshot },
  { name: 'fullscreen', group: 'picture', where: 'page', keys: ['f'], run: () => void toggleFullscreen() },
  // On the picture it is among the keys that turn.
  { name: 'reset', group: 'turn', where: 'page', keys: ['r'], shown: [], run: (studio) => studio.resetCamera() },
];

/** All of them. @param toggleHelp opens the help sheet, or closes it */
export function shortcuts(toggleHelp: () => void): readonly Shortcut[] {
  const help: Shortcut = { name: 'help', group: 'help', where: 'page', keys: ['?'], run: toggleHelp };
  return [...PICTURE_SHORTCUTS, ...PAGE_SHORTCUTS, help];
}

/** The key that does something, as it stands beside it: the last one that the help sheet shows. */
export function keyOf(name: ShortcutName): string | undefined {
  const [shortcut] = [...PICTURE_SHORTCUTS, ...PAGE_SHORTCUTS].filter((candidate) => candidate.name === name);
  return (shortcut?.shown ?? shortcut?.keys)?.at(-1)?.toUpperCase();
}

/**
 * Runs the shortcut that a key means, and keeps the browser from doing something else with it.
 * @returns whether there was one
 */
export function runShortcut(event: KeyboardEvent, studio: Studio, table: readonly Shortcut[]): boolean {
  if (event.defaultPrevented || studio.state.status !== 'ready' || isTakenElsewhere(event)) return false;
  const shortcut = table.find((candidate) => means(event, candidate));
  if (!shortcut || (event.repeat && !shortcut.repeats)) return false;
  event.preventDefault();
  shortcut.run(studio, event);
  return true;
}

function means(event: KeyboardEvent, { keys, withControl = false, withShift }: Shortcut): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  if (altKey || (ctrlKey || metaKey) !== withControl) return false;
  if (withShift !== undefined && shiftKey !== withShift) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return keys.includes(key);
}

/** Text fields and lists have their own keys, and behind an open dialog nothing should happen, wherever the focus has got to. */
function isTakenElsewhere(event: KeyboardEvent): boolean {
  return takesText(event.composedPath()[0]) || hasOpenDialog(document);
}

function hasOpenDialog(root: ParentNode): boolean {
  if (root.querySelector('dialog[open]')) return true;
  return [...root.querySelectorAll('*')].some(({ shadowRoot }) => shadowRoot !== null && hasOpenDialog(shadowRoot));
}

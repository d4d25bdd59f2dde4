/** What the tools on the picture and the legend say. */
import type { NamedBackdrop } from '../../studio/shared/settings';

export const TOOLS_STRINGS = {
  label: 'Tools',
  reset: 'Reset view',
  turn: 'Turn by itself',
  /** A tool with a menu tells what is chosen in it. */
  withChoice: (tool: string, choice: string) => `${tool}: ${choice}`,
  compare: 'Compare',
  shown: 'What is shown',
  background: 'Background',
  snapshot: 'Save a snapshot',
  fullscreen: 'Fullscreen',
  leaveFullscreen: 'Leave fullscreen',
  /** Keys that choose in the menu at once. */
  digits: '1 to 0',

  backdrops: {
    page: 'Like the page',
    white: 'White',
    black: 'Black',
    transparent: 'Transparent',
  } satisfies Record<NamedBackdrop, string>,
  transparentHint: 'a checkerboard where nothing is',
  colour: 'Another colour…',
  colourField: 'Colour of the background',
  noBackdrop: 'This picture fills its frame: nothing behind it can be seen.',
} as const;

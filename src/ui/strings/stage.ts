/** What the shell of the page says: the actions that are always at hand, the rooms of the panel, the first minute (strings.ts has the rest). */
export const STAGE_STRINGS = {
  actions: {
    label: 'Face',
    newFace: 'New face',
    newFaceTitle: 'New face (N)',
    undo: 'Undo',
    redo: 'Redo',
    save: 'Save face',
    share: 'Copy link',
    copied: 'Link copied',
    copyByHand: 'The browser does not let the page copy. Copy the link from here:',
  },

  rooms: {
    label: 'Settings',
    tabs: 'Rooms',
    names: { face: 'Face', edit: 'Edit', compare: 'Compare', inspect: 'Inspect', export: 'Export' },
    savedFaces: 'Saved faces',
    notLoaded: 'This room could not be fetched. Check the network connection.',
    retry: 'Try again',
    /** The grip of the sheet on a phone. */
    handle: (sheet: 'bar' | 'half' | 'tall') =>
      `Settings: ${{ bar: 'closed', half: 'half open', tall: 'open' }[sheet]}`,
  },
} as const;

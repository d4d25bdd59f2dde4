/** What the page says about saved faces (strings.ts has the rest). */
import type { SavedFacesOutcome } from '../../studio/shared/state';

const faces = (count: number) => (count === 1 ? 'one face' : `${count} faces`);

/** Sentences for how an action on saved faces ended. */
function outcome(told: SavedFacesOutcome): string {
  switch (told.kind) {
    case 'saved':
      return `“${told.name}” is saved on this device.`;
    case 'removed':
      return `“${told.face.name}” is deleted.`;
    case 'imported': {
      const known =
        told.known === 0 ? '' : ` ${faces(told.known)} of the file ${told.known === 1 ? 'was' : 'were'} there already.`;
      return `${told.added === 0 ? 'No face has' : `${told.added === 1 ? 'One face has' : `${told.added} faces have`}`} come.${known}`;
    }
    case 'no-storage':
      return 'This browser does not let the page keep anything (a private window?). Export your faces as a file, or copy the link.';
    case 'storage-full':
      return 'There is no room left for saved faces: free some space on the disk, or delete faces that you no longer need.';
    case 'too-many':
      return 'There are 200 saved faces, which is the most. Export them and delete some first.';
    case 'other-model':
      return `“${told.face.name}” was made with another model, “${told.face.model.name}”. Its recipe gives another person with the model on screen.`;
    case 'nameless-model':
      return 'The file of this model has no fingerprint yet, so that a saved face would not find it again. Wait a moment, or open the model from a file on this device.';
    case 'failed':
      return `${told.message} ${told.remedy}`;
  }
}

export const FACES_STRINGS = {
  outcome,
  name: 'Name',
  save: 'Save this face',
  saving: 'Saving',
  empty: 'No faces are saved on this device yet.',
  list: 'Saved faces',
  bringBack: (name: string) => `Bring back ${name}`,
  otherModel: (model: string) => `of ${model}`,
  more: (name: string) => `More for ${name}`,
  moreShort: 'More',
  mix: 'Mix with this',
  walk: 'Add to the walk',
  rename: 'Rename',
  renameNamed: (name: string) => `New name for ${name}`,
  remove: 'Delete',
  undo: 'Undo',
  dismiss: 'OK',
  cancel: 'Cancel',
  openModel: 'Open that model',
  useHere: 'Use it here',
  exportAll: 'Export all',
  importFile: 'Import…',
};

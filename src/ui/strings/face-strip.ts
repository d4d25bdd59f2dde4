/** What the strip of faces says (strings.ts has the rest). */
export const FACE_STRIP_STRINGS = {
  label: 'Faces to choose from',
  /** For people who hear the page. */
  hint: 'Arrow keys go from face to face. The menu key mixes one with the face on screen.',
  recent: 'Faces of this visit',
  suggested: 'Suggestions',
  saved: 'Saved faces',
  more: 'Other suggestions',
  dragHint: (name: string) => `${name}: drag it onto another face to mix the two`,
  menuOf: (name: string) => `What to do with ${name}`,
  mixWithPresent: 'Mix with the face on screen',
  addToWalk: 'Add to the walk',
  dropToMix: 'Mix',
};

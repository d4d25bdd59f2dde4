/** What the strip of faces and its thumbnails say (strings.ts has the rest). */
export const FACE_STRIP_STRINGS = {
  strip: 'Faces',
  recent: 'Faces of this visit',
  suggested: 'Suggestions',
  saved: 'Saved faces',
  more: 'More suggestions',
  moreShort: 'More',
};

/** Names for faces: equal for recipes that look alike, and for recipes of the same sources. */
import type { FaceRecipe } from '../../models/faces/recipe';
import { sourcesInUse } from './face-actions';

/** Recipes never change, and are asked about whenever the state does. */
function once(makeKey: (face: FaceRecipe) => string): (face: FaceRecipe) => string {
  const known = new WeakMap<FaceRecipe, string>();
  return (face) => {
    const key = known.get(face) ?? makeKey(face);
    known.set(face, key);
    return key;
  };
}

/** Decides how the face looks: all of the recipe that counts in its mode. */
export const recipeKey = once((face) => {
  const { mode, psi, psiCutoff, conditioning, directions } = face;
  const own = {
    single: [],
    mix: [face.mixLayers, face.mixSuperResolution],
    walk: [face.walkPosition, face.walkPath],
    map: [face.mapX, face.mapY],
  }[mode];
  return JSON.stringify([mode, sourcesInUse(face), own, psi, psiCutoff, conditioning, directions]);
});

/** Decides who it is, whatever has been done to it since: mode and sources, without edits. On the map, everybody is one. */
export const choiceKey = once((face) => {
  const sources = sourcesInUse(face).map((source) => (source.kind === 'seed' ? source.seed : source));
  return JSON.stringify([face.mode, sources]);
});

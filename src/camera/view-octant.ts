/**
 * A view in words, for people who hear the page instead of seeing it. Left and right are the head's own: with "left"
 * the camera stands at its left ear (and its nose points to the picture's left edge).
 */

/** Eight sectors of 45 degrees, from the front over the head's left to its back and on. */
const SECTORS = ['front', 'front left', 'left', 'back left', 'back', 'back right', 'right', 'front right'] as const;

/** Pitches beyond this, in radians, are worth a word (15 degrees). */
const NOTABLE_PITCH = Math.PI / 12;

/**
 * @param yaw radians, any; 0 is in front, positive towards the head's left
 * @param pitch radians, positive from above
 * @returns such as "front", "back left", "front right, from above"
 */
export function viewOctant(yaw: number, pitch: number): string {
  const sector = Math.round(yaw / (Math.PI / 4));
  const words = SECTORS[((sector % 8) + 8) % 8]!;
  if (Math.abs(pitch) <= NOTABLE_PITCH) return words;
  return `${words}, from ${pitch > 0 ? 'above' : 'below'}`;
}

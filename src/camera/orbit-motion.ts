/**
 * How the orbit control moves on its own: inertia that fades, and a spring that brings the pitch back into its limits.
 *
 * Both are solved in closed form instead of being stepped, so that the path does not depend on the frame rate: one step
 * of 100 ms ends where ten of 10 ms do. Angles in radians, times in seconds.
 */

export const clamp = (value: number, lowest: number, highest: number) => Math.min(Math.max(value, lowest), highest);

/** A coordinate and its speed. */
export interface Motion {
  position: number;
  velocity: number;
}

/** Inertia fades by the factor e each 1/FRICTION seconds; a push of velocity v travels v / FRICTION in all. */
export const FRICTION = 6;

/** With less than this to travel (radians, or of ln radius) a motion is over: far below a pixel. */
const LEAST_TRAVEL = 2e-4;

/** Angular frequency of the critically damped spring outside the limits, 1/s: back within about a third of a second. */
const SPRING = 14;

/** The spring has arrived when it is this near; small, since what is cut off here depends on where steps end. */
const SPRING_REST = 2e-7;

/** The velocity that makes a motion travel `distance` before friction has stopped it. */
export function pushFor(distance: number): number {
  return distance * FRICTION;
}

/** Where a motion ends if nobody touches it. */
export function restingPosition({ position, velocity }: Motion): number {
  return position + velocity / FRICTION;
}

/** A motion under friction, `seconds` later. */
export function coast({ position, velocity }: Motion, seconds: number): Motion {
  if (velocity === 0) return { position, velocity };
  const untilRest = Math.log(Math.abs(velocity) / pushFor(LEAST_TRAVEL)) / FRICTION;
  // The end is a moment of the path, not of the step: whoever steps across it ends at the same place.
  if (seconds >= untilRest) return { position: position + velocity / FRICTION, velocity: 0 };
  const fade = Math.exp(-FRICTION * seconds);
  return { position: position + (velocity * (1 - fade)) / FRICTION, velocity: velocity * fade };
}

/** Seconds until a coasting motion has travelled `distance` (same sign as its velocity); Infinity if it never does. */
function coastingTime(velocity: number, distance: number): number {
  const share = (distance * FRICTION) / velocity;
  return share >= 0 && share < 1 ? -Math.log(1 - share) / FRICTION : Number.POSITIVE_INFINITY;
}

/** The critically damped spring at zero: x(t) = (x0 + (v0 + w x0) t) e^(-w t). */
function spring({ position, velocity }: Motion, seconds: number): Motion {
  const slope = velocity + SPRING * position;
  const fade = Math.exp(-SPRING * seconds);
  const moved = (position + slope * seconds) * fade;
  return { position: moved, velocity: slope * fade - SPRING * moved };
}

/** Seconds until the spring passes zero; Infinity if it only creeps up to it. */
function springCrossingTime({ position, velocity }: Motion): number {
  const time = -position / (velocity + SPRING * position);
  return time > 0 ? time : Number.POSITIVE_INFINITY;
}

/**
 * A motion that coasts within [lowest, highest], swings over an end if it is fast, and is sprung back from outside.
 * @param seconds >= 0
 */
export function coastWithin(motion: Motion, lowest: number, highest: number, seconds: number): Motion {
  let { position, velocity } = motion;
  let left = seconds;
  // Each turn of the loop is one passage through a limit. There are never many: every one is slower than the last.
  for (let passage = 0; passage < 8 && left > 0; passage++) {
    const above = position > highest || (position === highest && velocity > 0);
    const below = position < lowest || (position === lowest && velocity < 0);
    if (above || below) {
      const limit = above ? highest : lowest;
      const outside = { position: position - limit, velocity };
      const crossing = outside.position === 0 ? Number.POSITIVE_INFINITY : springCrossingTime(outside);
      const moved = spring(outside, Math.min(left, crossing));
      left -= crossing;
      velocity = moved.velocity;
      position = left >= 0 ? limit : limit + moved.position;
      const resting = Math.abs(moved.position) < SPRING_REST && Math.abs(velocity) < SPRING * SPRING_REST;
      if (left < 0 && resting) return { position: limit, velocity: 0 };
    } else {
      const crossing = coastingTime(velocity, (velocity > 0 ? highest : lowest) - position);
      const moved = coast({ position, velocity }, Math.min(left, crossing));
      const meetsLimit = crossing <= left && moved.velocity !== 0;
      position = meetsLimit ? (velocity > 0 ? highest : lowest) : clamp(moved.position, lowest, highest);
      velocity = moved.velocity;
      if (!meetsLimit) break;
      left -= crossing;
    }
  }
  return { position, velocity };
}

// Where a ray enters and leaves the axis-aligned box around the origin (slab test, Kay and Kajiya 1986), and what the 'auto' ray limits
// of EG3D make of it. Limits are distances along the unit direction; they may be negative (a camera inside the box, or a box behind it).
//
// The reference divides by zero for rays parallel to a face and gets NaN if such a ray lies exactly in the face. WGSL promises nothing
// about NaN, so parallel rays are treated by cases here, and a ray in a face is inside the box.

#include "common/ordered-float"

const MISSED_RAY = vec2f(-1.0, -2.0); // what the reference returns for a ray that misses
const UNBOUNDED = 1e30;

struct BoxLimits {
  start: f32,
  end: f32,
}

fn rayBoxLimits(origin: vec3f, direction: vec3f, boxSide: f32) -> BoxLimits {
  let half = vec3f(0.5 * boxSide);
  let parallel = direction == vec3f(0);
  let outside = abs(origin) > half;
  let divisor = select(direction, vec3f(1), parallel);
  let first = (-half - origin) / divisor;
  let second = (half - origin) / divisor;
  let entry = select(min(first, second), vec3f(-UNBOUNDED), parallel);
  let exit = select(max(first, second), vec3f(UNBOUNDED), parallel);
  let start = max(entry.x, max(entry.y, entry.z));
  let end = min(exit.x, min(exit.y, exit.z));
  if (any(parallel & outside) || start > end) { return BoxLimits(MISSED_RAY.x, MISSED_RAY.y); }
  return BoxLimits(start, end);
}

// A ray that misses takes the smallest start of all rays that hit as its start, and the largest START of them as its end (sic).
// Where no ray of the batch hits, the limits stay as they are.
fn replaceMissedRay(limits: BoxLimits, smallestStart: u32, largestStart: u32) -> BoxLimits {
  let noneHits = smallestStart > largestStart;
  if (limits.end > limits.start || noneHits) { return limits; }
  return BoxLimits(fromOrdered(smallestStart), fromOrdered(largestStart));
}

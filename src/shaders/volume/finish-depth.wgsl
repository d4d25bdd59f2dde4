// Last step of volume rendering: clamps the depth image to the range of all samples of the whole batch (an empty ray gets the largest
// depth), separates depth from weight total, and turns the ranges in the cells into numbers.
//
// Shapes    marched [N, R, 4] = (depth, weight total, 0, 0); depth, alpha [N, R, 1]; range [4] = (smallest sample depth,
//           largest sample depth, smallest and largest depth of the picture where the ray is mostly absorbed; the sample range if nowhere)
// Dispatch  one thread per ray, 64 per workgroup (each-element). Cost: 48 bytes of traffic a ray.

#include "common/each-element"
#include "common/ordered-float"
#include "common/range-cells"
#param rays: u32
#read cells: array<u32>
#read marched: array<vec4f>
#write depth, alpha, range: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let smallest = fromOrdered(cells[SMALLEST_SAMPLE_DEPTH]);
  let largest = fromOrdered(cells[LARGEST_SAMPLE_DEPTH]);
  depth[ray] = vec4f(clamp(marched[ray].x, smallest, largest), 0, 0, 0);
  alpha[ray] = vec4f(marched[ray].y, 0, 0, 0);
  if (ray == 0u) {
    let nearest = cells[SMALLEST_SURFACE_DEPTH];
    let farthest = cells[LARGEST_SURFACE_DEPTH];
    let surface = vec2f(fromOrdered(nearest), fromOrdered(farthest));
    range[0] = vec4f(smallest, largest, select(vec2f(smallest, largest), surface, nearest <= farthest));
  }
}

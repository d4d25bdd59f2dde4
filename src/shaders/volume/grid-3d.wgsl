// Trilinear samples of a dense grid, `grid_sample` style: x runs along the width, y the height, z the depth; coordinates in [-1, 1] span
// whole cells (align_corners=False); each cell outside counts as zero.
//
// Shapes    grid [N or 1, D, H, W, C]; points [N, M, 3]; output [N, M, C]
// Layout    vec4f along C
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      16 C FLOPs and 32 C bytes of reads a point

#include "common/each-element"
#param samples: u32 // N
#param points: u32 // M
#param gridSamples: u32 // N, or 1 for a grid that all samples share
#param depth, height, width: u32
#param groups: u32 // vec4f of a cell
#read grid, points: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * params.points) { return; }
  let extents = vec3i(vec3u(params.width, params.height, params.depth));
  let size = vec3f(extents);
  let cell = clamp((points[index].xyz + 1.0) * 0.5 * size - 0.5, vec3f(-2), size + 1.0);
  let low = floor(cell);
  let fraction = cell - low;
  let gridSample = min(index / params.points, params.gridSamples - 1u);
  for (var group = 0u; group < params.groups; group++) {
    var sum = vec4f(0);
    for (var corner = 0u; corner < 8u; corner++) {
      let isHigh = (vec3u(corner) & vec3u(1, 2, 4)) != vec3u(0);
      let at = vec3i(low) + select(vec3i(0), vec3i(1), isHigh);
      if (any(at < vec3i(0)) || any(at >= extents)) { continue; }
      let share = select(1.0 - fraction, fraction, isHigh);
      let place = vec3u(at);
      let row = ((gridSample * params.depth + place.z) * params.height + place.y) * params.width + place.x;
      sum += grid[row * params.groups + group] * (share.x * share.y * share.z);
    }
    output[index * params.groups + group] = sum;
  }
}

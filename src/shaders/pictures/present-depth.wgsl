// Shows a depth image on a canvas: letterboxed in its region, enlarged linearly, near bright. A render pipeline: one triangle covers the
// canvas.
//
// Shapes    depth and alpha [N, H, W, 1], range [4] with nearest and farthest depth in .zw, colourMap [256, 3]. The first image of a
//           batch is shown
// Layout    vec4f along the last axis
// Grid      a fragment for each pixel of the canvas inside the scissor rectangle
// Cost      8 texels of 16 bytes (cached), 2 colours and 60 FLOPs a pixel

#include "common/pictures/colour-map"
#include "common/pictures/present"
#read depth, alpha, range: array<vec4f>

// Where a ray is not absorbed it has no depth to show, and the background shows through.
@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return background(); }
  let corner = floor(place - 0.5);
  let fraction = place - 0.5 - corner;
  let first = vec2i(corner);
  // Depth weighted by coverage: a silhouette does not take on the depth of the empty rays beside it.
  var weightedDepth = 0.0;
  var coverage = 0.0;
  for (var i = 0; i < 4; i++) {
    let step = vec2i(i & 1, i >> 1u);
    let share = select(1.0 - fraction, fraction, step == vec2i(1));
    let pixel = pixelIndex(first.x + step.x, first.y + step.y);
    let covered = alpha[pixel].x * share.x * share.y;
    weightedDepth += depth[pixel].x * covered;
    coverage += covered;
  }
  if (coverage <= 0.0) { return background(); }
  let nearest = range[0].z;
  let farthest = range[0].w;
  let nearness = (farthest - weightedDepth / coverage) / max(farthest - nearest, 1e-6);
  return mix(background(), vec4f(mappedColour(nearness), 1), clamp(coverage, 0.0, 1.0));
}

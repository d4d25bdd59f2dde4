// Gradient of the bilinear resize (resize-bilinear.wgsl) with respect to its input, along one axis; the host goes back through the axes one after the
// other, since the weights are products. Every input pixel gathers from the output pixels that it was mixed into, each with the share that it had
// there. No two threads write to one place, and the order of additions is always the same.
//
// Shapes    gradient [outer, outSize, inner], with respect to the output; output [outer, size, inner]. The axis is in the middle; outer and inner
//           stand for any number of axes, inner for the channels at least.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      about 2 outSize / size loads a vector where the picture grew, up to 3 where it shrank; the sum of each one's weights is computed again.

#include "common/each-element"
#include "common/resize-window"
#param outer, size, outSize: u32
#param groups: u32 // vectors of one place
#param scale: f32 // input pixels per output pixel
#read gradient: array<vec4f>
#write output: array<vec4f>

// The part that input pixel `at` has in output pixel `index`.
fn share(index: u32, at: i32) -> f32 {
  let window = windowAt(index, params.scale, params.size);
  if (at < window.first || at >= window.end) { return 0.0; }
  var weights = 0.0;
  for (var other = window.first; other < window.end; other++) { weights += triangle(window, other); }
  return triangle(window, at) / weights;
}

fn element(index: u32) {
  if (index >= params.outer * params.size * params.groups) { return; }
  let group = index % params.groups;
  let at = index / params.groups % params.size;
  let sample = index / (params.groups * params.size);

  // Centres of output pixels are at (o + 0.5) scale, and at most the triangle's width away; a pixel more on each side for rounding.
  let reach = select(1.0, max(params.scale, 1.0), ANTIALIAS);
  var first = i32(floor((f32(at) + 0.5 - reach) / params.scale - 0.5));
  var end = i32(ceil((f32(at) + 0.5 + reach) / params.scale - 0.5)) + 1;
  // Without antialias the pixels at the edge are repeated for all beyond.
  if (at == 0u) { first = 0; }
  if (at + 1u == params.size) { end = i32(params.outSize); }
  var sum = vec4f(0);
  for (var taker = max(first, 0); taker < min(end, i32(params.outSize)); taker++) {
    let place = (sample * params.outSize + u32(taker)) * params.groups + group;
    sum += share(u32(taker), i32(at)) * gradient[place];
  }
  output[index] = sum;
}

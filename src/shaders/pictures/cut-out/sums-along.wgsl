// Sums over a few neighbours along one axis of a square picture; along the other afterwards they are sums over a square. What lies beyond
// the edge counts nothing.
//
// Shapes    values and sums [N, r, r, 4]
// Layout    vec4f along the last axis
// Dispatch  one thread per pixel, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      2 REACH + 1 vectors of 16 bytes (cached) a pixel

#include "common/each-element"
#param pixels: u32 // of the whole batch
#param side: u32
#param step: u32 // from one pixel to the next along the axis: 1, or the side
#read values: array<vec4f>
#write sums: array<vec4f>

const REACH = 5u; // pixels to each side

fn element(pixel: u32) {
  if (pixel >= params.pixels) { return; }
  let place = pixel / params.step % params.side;
  let first = pixel - min(place, REACH) * params.step;
  let last = pixel + min(params.side - 1u - place, REACH) * params.step;
  var sum = vec4f(0);
  for (var at = first; at <= last; at += params.step) { sum += values[at]; }
  sums[pixel] = sum;
}

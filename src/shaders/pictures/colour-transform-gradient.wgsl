// Gradient of colour maps (colour-transform.wgsl) with respect to the picture: through the linear part of each sample's map, transposed.
//
// Shapes    gradient, with respect to the output, and output [N, height, width, 3], of `pixels` pixels a sample; colours [N, 3, 4].
// Layout    a pixel is a vec4f with a zero behind it; a row of a map is a vec4f.
// Dispatch  one thread per pixel, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      15 FLOPs and 32 bytes a pixel: bound by memory.

#include "common/each-element"
#param batch, pixels: u32
#read gradient, colours: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.pixels) { return; }
  let map = 3u * (index / params.pixels);
  let slope = gradient[index];
  let sum = slope.r * colours[map].rgb + slope.g * colours[map + 1u].rgb + slope.b * colours[map + 2u].rgb;
  output[index] = vec4f(sum, 0.0);
}

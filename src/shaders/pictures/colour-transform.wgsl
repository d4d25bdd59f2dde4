// Colours through affine maps, each sample of the batch by its own: brightness, contrast, hue and saturation are such maps (Karras et al. 2020,
// appendix B).
//   output[n, y, x] = colours[n] (r, g, b, 1)
//
// Shapes    picture, output [N, height, width, 3], of `pixels` pixels a sample; colours [N, 3, 4].
// Layout    a pixel is a vec4f with a zero behind it; a row of a map is a vec4f.
// Dispatch  one thread per pixel, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      21 FLOPs and 32 bytes a pixel: bound by memory.

#const SHIFTS: bool = 1 // without: the linear part alone, (r, g, b, 0), through which gradients of gradients go

#include "common/each-element"
#param batch, pixels: u32
#read picture, colours: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.pixels) { return; }
  let map = 3u * (index / params.pixels);
  let pixel = vec4f(picture[index].rgb, select(0.0, 1.0, SHIFTS));
  output[index] = vec4f(dot(colours[map], pixel), dot(colours[map + 1u], pixel), dot(colours[map + 2u], pixel), 0.0);
}

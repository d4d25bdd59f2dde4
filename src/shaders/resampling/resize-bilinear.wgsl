// Bilinear resize with pixel centres at (i + 0.5) / size (torch: interpolate, mode 'bilinear', align_corners = False), with and without
// antialias. Without, an output pixel mixes the two nearest pixels of each axis, repeated at the edge. With, a triangle as wide as
// the scale covers all pixels that shrink into one, and its weights are divided by their sum; when enlarging the triangle has width one.
//
// Shapes    input [N, H, W, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along C.
// Dispatch  one thread per output pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      without antialias 4 loads an output vector; with, (2 scaleX + 1)(2 scaleY + 1).

#include "common/each-element"
#include "common/resize-window"
#storage InputVector
#param batch, height, width, groups, outHeight, outWidth: u32
#param scaleY: f32 // input pixels per output pixel
#param scaleX: f32
#read input: array<InputVector>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.outHeight * params.outWidth * params.groups) { return; }
  let group = index % params.groups;
  let column = index / params.groups % params.outWidth;
  let row = index / (params.groups * params.outWidth) % params.outHeight;
  let sample = index / (params.groups * params.outWidth * params.outHeight);

  let vertical = windowAt(row, params.scaleY, params.height);
  let horizontal = windowAt(column, params.scaleX, params.width);
  var sum = vec4f(0);
  var weights = 0.0;
  for (var y = vertical.first; y < vertical.end; y++) {
    let rowWeight = triangle(vertical, y);
    for (var x = horizontal.first; x < horizontal.end; x++) {
      let weight = rowWeight * triangle(horizontal, x);
      sum += weight * fromInputVector(input[((sample * params.height + u32(y)) * params.width + u32(x)) * params.groups + group]);
      weights += weight;
    }
  }
  output[index] = sum / weights;
}

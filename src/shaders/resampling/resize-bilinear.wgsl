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
#const ANTIALIAS: bool = 0
#storage InputVector
#param batch, height, width, groups, outHeight, outWidth: u32
#param scaleY: f32 // input pixels per output pixel
#param scaleX: f32
#read input: array<InputVector>
#write output: array<vec4f>

// The input pixels that an output pixel mixes along one axis.
struct Window {
  first: i32,
  end: i32,
  centre: f32, // in input pixel indices
  inverseWidth: f32, // of the triangle
}

fn windowAt(index: u32, scale: f32, size: u32) -> Window {
  let last = i32(size) - 1;
  if (ANTIALIAS) {
    let support = max(scale, 1.0);
    let centre = (f32(index) + 0.5) * scale;
    let first = max(i32(centre - support + 0.5), 0);
    let end = min(i32(centre + support + 0.5), i32(size));
    return Window(first, end, centre - 0.5, 1.0 / support);
  }
  let centre = clamp((f32(index) + 0.5) * scale - 0.5, 0.0, f32(last));
  let first = i32(centre);
  return Window(first, min(first + 2, i32(size)), centre, 1.0);
}

fn triangle(window: Window, at: i32) -> f32 {
  return max(0.0, 1.0 - abs(f32(at) - window.centre) * window.inverseWidth);
}

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

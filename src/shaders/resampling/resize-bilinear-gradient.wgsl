// Gradient of the bilinear resize (resize-bilinear.wgsl) with respect to its input: every input pixel gathers from the output pixels that it was
// mixed into, each with the weight that it had there. No two threads write to one place, and the order of additions is always the same.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the output; output [N, H, W, C].
// Layout    vec4f along C.
// Dispatch  one thread per input pixel and four channels, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      about (2 + 2 / scaleX)(2 + 2 / scaleY) loads a vector where the picture grew, 3 x 3 where it shrank; the weights' sums are computed
//           again for each, a few FLOPs a pixel of the window.

#include "common/each-element"
#include "common/resize-window"
#param batch, height, width, groups, outHeight, outWidth: u32
#param scaleY: f32 // input pixels per output pixel
#param scaleX: f32
#read gradient: array<vec4f>
#write output: array<vec4f>

// The output pixels along one axis that may have mixed an input pixel: from x to below y.
fn takers(at: u32, scale: f32, size: u32, outSize: u32) -> vec2u {
  // Centres are at (o + 0.5) scale, at most the triangle's width away; a pixel more on each side for rounding.
  let reach = max(scale, 1.0) + 1.0;
  var first = i32(floor((f32(at) + 0.5 - reach) / scale - 0.5));
  var end = i32(ceil((f32(at) + 0.5 + reach) / scale - 0.5)) + 1;
  // Without antialias the pixels at the edge are repeated for all beyond.
  if (at == 0u) { first = 0; }
  if (at + 1u == size) { end = i32(outSize); }
  return vec2u(u32(max(first, 0)), u32(min(end, i32(outSize))));
}

// The part that input pixel `at` has in output pixel `index`.
fn share(index: u32, scale: f32, size: u32, at: i32) -> f32 {
  let window = windowAt(index, scale, size);
  if (at < window.first || at >= window.end) { return 0.0; }
  var weights = 0.0;
  for (var other = window.first; other < window.end; other++) { weights += triangle(window, other); }
  return triangle(window, at) / weights;
}

fn element(index: u32) {
  if (index >= params.batch * params.height * params.width * params.groups) { return; }
  let group = index % params.groups;
  let column = index / params.groups % params.width;
  let row = index / (params.groups * params.width) % params.height;
  let sample = index / (params.groups * params.width * params.height);

  let rows = takers(row, params.scaleY, params.height, params.outHeight);
  let columns = takers(column, params.scaleX, params.width, params.outWidth);
  var sum = vec4f(0);
  for (var outColumn = columns.x; outColumn < columns.y; outColumn++) {
    let columnShare = share(outColumn, params.scaleX, params.width, i32(column));
    if (columnShare == 0.0) { continue; }
    var columnSum = vec4f(0);
    for (var outRow = rows.x; outRow < rows.y; outRow++) {
      let rowShare = share(outRow, params.scaleY, params.height, i32(row));
      let at = ((sample * params.outHeight + outRow) * params.outWidth + outColumn) * params.groups + group;
      columnSum += rowShare * gradient[at];
    }
    sum += columnShare * columnSum;
  }
  output[index] = sum;
}

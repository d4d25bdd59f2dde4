// Gradient of sampling by affine maps (mirrored-affine.wgsl) with respect to the picture. Each pixel of the picture gathers from all output pixels that
// it was mixed into: they lie around the place where the inverse map sends it, and around those where it sends the pixel's copies in the mirrors. No two
// threads write to one place, and the order of additions is always the same.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the output; maps [N, 2, 3], which can be inverted; output [N, height, width, C].
// Layout    vec4f along C; a row of a map is a vec4f with a zero behind it.
// Dispatch  one thread per pixel of the picture and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      for a map that turns and shifts about 16 places tried for each copy that the output shows, a load for the four that count; more where it
//           enlarges.

#include "common/each-element"
#include "common/image-place"
#include "common/mirrored-axis"
#param batch, height, width, groups, outHeight, outWidth: u32
#read gradient, maps: array<vec4f>
#write output: array<vec4f>

const SLACK = 0.01; // against rounding: a place too many is tried, and has no weight

// The tiles that a row of the map reaches, with the pixel beside them: lowest and highest.
fn tilesOf(row: vec3f, size: u32) -> vec2i {
  let far = row.xy * vec2f(f32(params.outWidth - 1u), f32(params.outHeight - 1u));
  let low = row.z + min(far.x, 0.0) + min(far.y, 0.0) - 1.0 - SLACK;
  let high = row.z + max(far.x, 0.0) + max(far.y, 0.0) + 1.0 + SLACK;
  return vec2i(floor(vec2f(low, high) / f32(size - 1u)));
}

fn element(index: u32) {
  if (index >= params.batch * params.height * params.width * params.groups) { return; }
  let place = imagePlace(index, params.height, params.width, params.groups);
  let toX = maps[2u * place.sample].xyz;
  let toY = maps[2u * place.sample + 1u].xyz;
  let determinant = toX.x * toY.y - toX.y * toY.x;
  let reach = vec2f(abs(toY.y) + abs(toX.y), abs(toY.x) + abs(toX.x)) / abs(determinant) + SLACK;
  let last = vec2f(f32(params.outWidth - 1u), f32(params.outHeight - 1u));
  let start = place.sample * params.outHeight * params.outWidth;

  let across = tilesOf(toX, params.width);
  let down = tilesOf(toY, params.height);
  var sum = vec4f(0);
  for (var tileY = down.x; tileY <= down.y; tileY++) {
    if (!isOwn(tileY, place.row, params.height)) { continue; }
    let y = copyIn(tileY, place.row, params.height);
    for (var tileX = across.x; tileX <= across.y; tileX++) {
      if (!isOwn(tileX, place.column, params.width)) { continue; }
      let x = copyIn(tileX, place.column, params.width);
      let shifted = vec2f(x - toX.z, y - toY.z);
      let centre = vec2f(toY.y * shifted.x - toX.y * shifted.y, toX.x * shifted.y - toY.x * shifted.x) / determinant;
      let low = vec2i(ceil(clamp(centre - reach, vec2f(0), last + 1.0)));
      let high = vec2i(floor(clamp(centre + reach, vec2f(-1), last)));
      for (var row = low.y; row <= high.y; row++) {
        for (var column = low.x; column <= high.x; column++) {
          let at = vec3f(f32(column), f32(row), 1.0);
          let weight = max(0.0, 1.0 - abs(dot(toX, at) - x)) * max(0.0, 1.0 - abs(dot(toY, at) - y));
          if (weight == 0.0) { continue; }
          sum += weight * gradient[(start + u32(row) * params.outWidth + u32(column)) * params.groups + place.group];
        }
      }
    }
  }
  output[index] = sum;
}

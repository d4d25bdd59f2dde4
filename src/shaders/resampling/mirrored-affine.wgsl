// Samples pictures at the points of affine maps, each sample of the batch by its own map, bilinearly, as if each picture went on in its mirror for ever:
//   output[n, y, x] = picture[n] at (map[n][0] . (x, y, 1), map[n][1] . (x, y, 1)), in pixels of the picture, the column first
// What is drawn from adaptive discriminator augmentation is such a map (Karras et al. 2020, appendix B). The mirrors stand on the middle of the
// outermost pixels, which so appear once (torch: padding 'reflect').
//
// Shapes    picture [N, height, width, C], both sides at least 2; maps [N, 2, 3]; output [N, outHeight, outWidth, C].
// Layout    vec4f along C; a row of a map is a vec4f with a zero behind it.
// Dispatch  one thread per output pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      4 loads and about 40 FLOPs an output vector.

#include "common/each-element"
#include "common/image-place"
#include "common/mirrored-axis"
#param batch, height, width, groups, outHeight, outWidth: u32
#read picture, maps: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.batch * params.outHeight * params.outWidth * params.groups) { return; }
  let place = imagePlace(index, params.outHeight, params.outWidth, params.groups);
  let at = vec3f(f32(place.column), f32(place.row), 1.0);
  let x = mirrored(dot(maps[2u * place.sample].xyz, at), params.width);
  let y = mirrored(dot(maps[2u * place.sample + 1u].xyz, at), params.height);
  let column = min(u32(x), params.width - 2u);
  let row = min(u32(y), params.height - 2u);
  let first = ((place.sample * params.height + row) * params.width + column) * params.groups + place.group;
  let below = first + params.width * params.groups;
  let across = x - f32(column);
  let upper = mix(picture[first], picture[first + params.groups], across);
  let lower = mix(picture[below], picture[below + params.groups], across);
  output[index] = mix(upper, lower, y - f32(row));
}

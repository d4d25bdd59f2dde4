// A picture at a place between its pixels, or at a smaller scale. The shader says in `texel(pixel: u32) -> Texel` what a pixel
// holds, and with `alias Texel` whether that is a vec3f or a vec4f.
//
// The kernel is the cubic of Catmull and Rom (1974): smooth, and exact at the pixels. Where the picture is drawn smaller than it is, the
// kernel is stretched by the same factor, so that every pixel counts and fine patterns turn grey instead of false; it is divided by the
// sum of its weights, and ends at the edge of the picture. (Pillow's BICUBIC does the same.)
//
// Cost      enlarged 16 texels and 120 FLOPs; shrunk s times (4 s)^2 texels and 20 (4 s)^2 FLOPs, that is 16 texels for each pixel of the
//           picture at any scale. Beyond s = 16 (4096 texels in one fragment) the kernel grows no more, and fine patterns may show false

#include "common/pictures/present"

const LARGEST_STRETCH = 16.0;

// The weight at a distance of 0 to 1 pixels from the place.
fn catmullRomNear(distance: f32) -> f32 {
  return (1.5 * distance - 2.5) * distance * distance + 1.0;
}

// At a distance of 1 to 2 pixels; beyond that the weight is 0.
fn catmullRomFar(distance: f32) -> f32 {
  return ((2.5 - 0.5 * distance) * distance - 4.0) * distance + 2.0;
}

fn catmullRom(distance: f32) -> f32 {
  return select(catmullRomFar(min(distance, 2.0)), catmullRomNear(distance), distance < 1.0);
}

// Weights of the four pixels around a fraction.
fn fourWeights(t: f32) -> vec4f {
  return vec4f(catmullRomFar(1.0 + t), catmullRomNear(t), catmullRomNear(1.0 - t), catmullRomFar(2.0 - t));
}

fn filtered(place: vec2f) -> Texel {
  let stretch = min(1.0 / pictureScale(), LARGEST_STRETCH);
  if (stretch > 1.0) { return shrunk(place, stretch); }
  return enlarged(place);
}

// One row of the picture at a place between its columns. Sums of values, without a variable that every step writes: a software adapter
// needs a third less time for it.
fn filteredRow(columns: vec4u, row: u32, weights: vec4f) -> Texel {
  let first = row * params.width;
  return texel(first + columns.x) * weights.x + texel(first + columns.y) * weights.y
    + texel(first + columns.z) * weights.z + texel(first + columns.w) * weights.w;
}

fn enlarged(place: vec2f) -> Texel {
  let corner = floor(place - 0.5);
  let fraction = place - 0.5 - corner;
  let steps = vec4i(-1, 0, 1, 2);
  let columns = vec4u(clamp(vec4i(i32(corner.x)) + steps, vec4i(0), vec4i(i32(params.width) - 1)));
  let rows = vec4u(clamp(vec4i(i32(corner.y)) + steps, vec4i(0), vec4i(i32(params.height) - 1)));
  let across = fourWeights(fraction.x);
  let down = fourWeights(fraction.y);
  return filteredRow(columns, rows.x, across) * down.x + filteredRow(columns, rows.y, across) * down.y
    + filteredRow(columns, rows.z, across) * down.z + filteredRow(columns, rows.w, across) * down.w;
}

fn shrunk(place: vec2f, stretch: f32) -> Texel {
  let lastPixel = vec2i(i32(params.width), i32(params.height)) - 1;
  let first = max(vec2i(ceil(place - 0.5 - 2.0 * stretch)), vec2i(0));
  let last = min(vec2i(floor(place - 0.5 + 2.0 * stretch)), lastPixel);
  var sum = Texel(0);
  var total = 0.0;
  for (var y = first.y; y <= last.y; y++) {
    let row = catmullRom(abs(f32(y) + 0.5 - place.y) / stretch);
    for (var x = first.x; x <= last.x; x++) {
      let weight = row * catmullRom(abs(f32(x) + 0.5 - place.x) / stretch);
      sum += texel(pixelIndex(x, y)) * weight;
      total += weight;
    }
  }
  return sum / total;
}

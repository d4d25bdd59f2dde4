// Shows a picture or a depth image on a canvas: letterboxed, enlarged smoothly. A render pipeline: one triangle covers the canvas.
//
// Shapes    image [N, H, W, C], of which the first three channels are a picture in [-1, 1] (fragmentRgb); depth and alpha [N, H, W, 1],
//           range [4] with nearest and farthest depth in .zw, colourMap [256, 3] (fragmentDepth). The first image of a batch is shown
// Layout    vec4f along the last axis
// Grid      a fragment for each pixel of the canvas
// Cost      rgb: 16 texels of 16 bytes (cached) and 120 FLOPs a pixel; depth: 8 texels and 2 colours

struct Params {
  canvasWidth: f32,
  canvasHeight: f32,
  width: u32, // of the picture
  height: u32,
  texelVectors: u32, // vec4f from one pixel's channels to the next
  backgroundRed: f32,
  backgroundGreen: f32,
  backgroundBlue: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> image: array<vec4f>;
@group(0) @binding(2) var<storage, read> depth: array<vec4f>;
@group(0) @binding(3) var<storage, read> alpha: array<vec4f>;
@group(0) @binding(4) var<storage, read> range: array<vec4f>;
@group(0) @binding(5) var<storage, read> colourMap: array<vec4f>;

const LAST_COLOUR = 255.0;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  // (-1, -1), (3, -1), (-1, 3): the part inside the clip volume is the whole canvas.
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0, 1);
}

// A canvas position in pixels of the picture, which is scaled to fit and centred.
fn picturePosition(position: vec2f) -> vec2f {
  let size = vec2f(f32(params.width), f32(params.height));
  let canvas = vec2f(params.canvasWidth, params.canvasHeight);
  let scale = min(canvas.x / size.x, canvas.y / size.y);
  return (position - 0.5 * canvas) / scale + 0.5 * size;
}

fn isOutside(position: vec2f) -> bool {
  return any(position < vec2f(0)) || any(position > vec2f(f32(params.width), f32(params.height)));
}

fn background() -> vec3f {
  return vec3f(params.backgroundRed, params.backgroundGreen, params.backgroundBlue);
}

// Index of a pixel; beyond the edge the edge goes on.
fn pixelIndex(x: i32, y: i32) -> u32 {
  let column = clamp(x, 0, i32(params.width) - 1);
  let row = clamp(y, 0, i32(params.height) - 1);
  return u32(row) * params.width + u32(column);
}

// Weights of the four pixels around a fraction (Catmull and Rom 1974): smooth, and exact at the pixels.
fn catmullRom(t: f32) -> vec4f {
  return 0.5 * vec4f(
    ((2.0 - t) * t - 1.0) * t,
    (3.0 * t - 5.0) * t * t + 2.0,
    ((4.0 - 3.0 * t) * t + 1.0) * t,
    (t - 1.0) * t * t,
  );
}

@fragment
fn fragmentRgb(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return vec4f(background(), 1); }
  let corner = floor(place - 0.5);
  let fraction = place - 0.5 - corner;
  let columns = catmullRom(fraction.x);
  let rows = catmullRom(fraction.y);
  let first = vec2i(corner) - 1;
  var sum = vec3f(0);
  for (var y = 0; y < 4; y++) {
    for (var x = 0; x < 4; x++) {
      let texel = image[pixelIndex(first.x + x, first.y + y) * params.texelVectors].rgb;
      sum += texel * (columns[x] * rows[y]);
    }
  }
  return vec4f(clamp(sum * 0.5 + 0.5, vec3f(0), vec3f(1)), 1);
}

// Near is bright. Where a ray is not absorbed it has no depth to show, and the background shows through.
@fragment
fn fragmentDepth(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return vec4f(background(), 1); }
  let corner = floor(place - 0.5);
  let fraction = place - 0.5 - corner;
  let first = vec2i(corner);
  // Depth weighted by coverage: a silhouette does not take on the depth of the empty rays beside it.
  var weightedDepth = 0.0;
  var coverage = 0.0;
  for (var i = 0; i < 4; i++) {
    let step = vec2i(i & 1, i >> 1u);
    let share = select(1.0 - fraction, fraction, step == vec2i(1));
    let pixel = pixelIndex(first.x + step.x, first.y + step.y);
    let covered = alpha[pixel].x * share.x * share.y;
    weightedDepth += depth[pixel].x * covered;
    coverage += covered;
  }
  if (coverage <= 0.0) { return vec4f(background(), 1); }
  let nearest = range[0].z;
  let farthest = range[0].w;
  let nearness = (farthest - weightedDepth / coverage) / max(farthest - nearest, 1e-6);
  let entry = clamp(nearness, 0.0, 1.0) * LAST_COLOUR;
  let low = colourMap[u32(entry)].rgb;
  let high = colourMap[min(u32(entry) + 1u, u32(LAST_COLOUR))].rgb;
  return vec4f(mix(background(), mix(low, high, fract(entry)), clamp(coverage, 0.0, 1.0)), 1);
}

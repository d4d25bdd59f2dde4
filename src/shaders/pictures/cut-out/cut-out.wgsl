// A head without the background that it was rendered on, with an alpha as crisp as the picture: last step of cutting it out (pipelines/pictures/cut-out.ts).
//
// The super-resolution draws edges that the few rays cannot know, so their alpha, enlarged, would keep a rim of background. But the head's colour F
// near an edge is like the one just inside; with it, alpha follows from the picture itself (matting with a known background B). For a
// pixel C it is the a that makes |C - (a F + (1 - a) B)|^2 + p (a - a0)^2 least, where a0 is the rays' alpha: that decides where F is
// hardly unlike B, and the more the further inside the head it is (p = TRUST / (1 - a0)), for a head may have spots of the background's colour.
//
// Shapes    image [N, S, S, C], of which the first three channels are a picture in [-1, 1]; alpha [N, r, r]; inside [N, r, r, 4]: sums of
//           colours around a ray, and of how many; picture [N, S, S, 4], red, green and blue times alpha, and alpha, 0 to 1
// Layout    vec4f along the last axis
// Dispatch  one thread per pixel, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      off the edges of the head 5 vectors of 16 bytes (cached) and 20 FLOPs a pixel, on them 9 vectors and 100 FLOPs

#include "common/each-element"
#include "common/pictures/told-alpha"
#include "common/pictures/unmix"
#param pixels: u32 // of the whole batch
#param side: u32 // r
#param pictureSide: u32 // S
#param pictureVectors: u32 // vec4f from one pixel's channels to the next
#read image, inside: array<vec4f>
#write picture: array<vec4f>

const NOTHING = 1.0 / 255.0; // of alpha
const TRUST = 0.02; // against squared distances of colours, where black and white are 12 apart (2 in each of 3 channels)

fn element(pixel: u32) {
  if (pixel >= params.pixels) { return; }
  let sample = pixel / (params.pictureSide * params.pictureSide);
  let place = vec2f(vec2u(pixel % params.pictureSide, pixel / params.pictureSide % params.pictureSide)) + 0.5;
  let between = place * f32(params.side) / f32(params.pictureSide) - 0.5;
  let corner = floor(between);
  let share = between - corner;
  let last = vec2i(i32(params.side) - 1);
  let low = vec2u(clamp(vec2i(corner), vec2i(0), last));
  let high = vec2u(clamp(vec2i(corner) + 1, vec2i(0), last));
  let first = sample * params.side * params.side;
  let rays = first + vec4u(low.y, low.y, high.y, high.y) * params.side + vec4u(low.x, high.x, low.x, high.x);
  // The triangle does not overshoot; other kernels would leave a ring of faint veil around the head.
  let weights = vec4f((1.0 - share.x) * (1.0 - share.y), share.x * (1.0 - share.y), (1.0 - share.x) * share.y, share.x * share.y);
  let ofRays = dot(weights, vec4f(toldAlpha(rays.x), toldAlpha(rays.y), toldAlpha(rays.z), toldAlpha(rays.w)));
  picture[pixel] = vec4f(0);
  if (ofRays < NOTHING) { return; }
  let colour = image[pixel * params.pictureVectors].rgb;
  let around = inside[rays.x] * weights.x + inside[rays.y] * weights.y + inside[rays.z] * weights.z + inside[rays.w] * weights.w;
  picture[pixel] = withoutBackground(colour, crispAlpha(colour, ofRays, around));
}

fn crispAlpha(colour: vec3f, ofRays: f32, around: vec4f) -> f32 {
  if (ofRays >= 1.0 || around.a <= 0.0) { return ofRays; }
  let trust = TRUST / (1.0 - ofRays);
  let behind = 2.0 * params.background - 1.0;
  let head = around.rgb / around.a - behind;
  return clamp((trust * ofRays + dot(colour - behind, head)) / (trust + dot(head, head)), 0.0, 1.0);
}

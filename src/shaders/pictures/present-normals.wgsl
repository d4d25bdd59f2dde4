// Shows surface normals on a canvas: letterboxed in its region, in the usual colours (x red, y green, z blue). A render pipeline: one triangle
// covers the canvas.
//
// There are few rays, so their normals are blended with the weights of the cubic B-spline, which are smooth up to the curvature and never
// negative, and made unit vectors again: round surfaces look round. Its sum of alpha is a soft step at the edge of the head, which is made
// steeper: an edge as fine as the picture is large, without the stairs of the rays.
//
// Shapes    normals [N, H, W, 4]: unit vectors, or zero where there is no surface, and alpha. The first image of a batch is shown
// Layout    vec4f along the last axis
// Grid      a fragment for each pixel of the canvas inside the scissor rectangle
// Cost      16 texels of 16 bytes (cached) and 150 FLOPs a pixel

#include "common/pictures/present"
#read normals: array<vec4f>

// Alpha from which on, and up to which, the edge fades.
const EDGE_BEGIN = 0.35;
const EDGE_END = 0.65;

// Weights of the four pixels around a fraction.
fn splineWeights(t: f32) -> vec4f {
  let s = 1.0 - t;
  return vec4f(s * s * s, (3.0 * t - 6.0) * t * t + 4.0, (3.0 * s - 6.0) * s * s + 4.0, t * t * t) / 6.0;
}

// A normal times alpha, and alpha.
fn weighted(pixel: u32) -> vec4f {
  let normal = normals[pixel];
  return vec4f(normal.xyz * normal.a, normal.a);
}

fn row(columns: vec4u, row: u32, weights: vec4f) -> vec4f {
  let first = row * params.width;
  return weighted(first + columns.x) * weights.x + weighted(first + columns.y) * weights.y
    + weighted(first + columns.z) * weights.z + weighted(first + columns.w) * weights.w;
}

@fragment
fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = picturePosition(position.xy);
  if (isOutside(place)) { return background(); }
  let corner = floor(place - 0.5);
  let fraction = place - 0.5 - corner;
  let steps = vec4i(-1, 0, 1, 2);
  let columns = vec4u(clamp(vec4i(i32(corner.x)) + steps, vec4i(0), vec4i(i32(params.width) - 1)));
  let rows = vec4u(clamp(vec4i(i32(corner.y)) + steps, vec4i(0), vec4i(i32(params.height) - 1)));
  let across = splineWeights(fraction.x);
  let down = splineWeights(fraction.y);
  let sum = row(columns, rows.x, across) * down.x + row(columns, rows.y, across) * down.y
    + row(columns, rows.z, across) * down.z + row(columns, rows.w, across) * down.w;
  let size = length(sum.xyz);
  if (size == 0.0) { return background(); }
  let opacity = smoothstep(EDGE_BEGIN, EDGE_END, sum.a);
  return mix(background(), vec4f(0.5 + 0.5 * sum.xyz / size, 1), opacity);
}

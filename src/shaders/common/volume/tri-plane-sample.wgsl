// Features of a point from axis-aligned planes (EG3D section 4.1): bilinear samples, `grid_sample` style. Coordinates in [-1, 1] span the
// whole texels (align_corners=False: the first texel's centre is at -1 + 1 / size); each texel outside the plane counts as zero.
//
// Layout    planes [N, H, W, PLANE_COUNT * C], plane index major, as vec4f along the channels

#const FEATURE_GROUPS
#const PLANE_COUNT
#read planes: array<vec4f>

const TEXEL_VECTORS = PLANE_COUNT * FEATURE_GROUPS;

struct BilinearCorners {
  offset: vec4u, // of the four texels in `planes`, in vec4f, without the plane's own offset
  weight: vec4f, // zero outside
}

fn bilinearCorners(uv: vec2f, sample: u32, width: u32, height: u32) -> BilinearCorners {
  let size = vec2f(f32(width), f32(height));
  let texel = clamp((uv + 1.0) * 0.5 * size - 0.5, vec2f(-2), size + 1.0);
  let corner = floor(texel);
  let fraction = texel - corner;
  let low = vec2i(corner);
  let high = low + 1;
  let last = vec2i(i32(width), i32(height)) - 1;
  let lowWeight = select(vec2f(0), 1.0 - fraction, (low >= vec2i(0)) & (low <= last));
  let highWeight = select(vec2f(0), fraction, (high >= vec2i(0)) & (high <= last));
  let lowTexel = vec2u(clamp(low, vec2i(0), last));
  let highTexel = vec2u(clamp(high, vec2i(0), last));
  let rows = (sample * height + vec2u(lowTexel.y, highTexel.y)) * width;
  let offset = vec4u(rows.x + lowTexel.x, rows.x + highTexel.x, rows.y + lowTexel.x, rows.y + highTexel.x);
  let weight = vec4f(lowWeight.x, highWeight.x, lowWeight.x, highWeight.x) *
    vec4f(lowWeight.y, lowWeight.y, highWeight.y, highWeight.y);
  return BilinearCorners(offset * TEXEL_VECTORS, weight);
}

fn sampleCorners(corners: BilinearCorners, group: u32) -> vec4f {
  return planes[corners.offset.x + group] * corners.weight.x + planes[corners.offset.y + group] * corners.weight.y +
    planes[corners.offset.z + group] * corners.weight.z + planes[corners.offset.w + group] * corners.weight.w;
}

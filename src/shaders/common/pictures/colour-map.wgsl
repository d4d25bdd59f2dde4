// A colour map [256, 3] that the shader binds as `colourMap`, with straight lines between its entries.

#read colourMap: array<vec4f>

const LAST_COLOUR = 255u;

// The colour at a share of the way from the first entry (0) to the last (1).
fn mappedColour(share: f32) -> vec3f {
  let entry = clamp(share, 0.0, 1.0) * f32(LAST_COLOUR);
  let low = u32(entry);
  return mix(colourMap[low].rgb, colourMap[min(low + 1u, LAST_COLOUR)].rgb, fract(entry));
}

// The planes as an array texture for filtered reads: four channels a layer, and a border of zeros one texel wide, because all outside a plane
// counts as zero.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; texels: W + 2 by H + 2, N * PLANE_COUNT * C / 4 layers, image by image, plane by plane
// Dispatch  one thread per texel of all layers, 64 per workgroup (each-element)
// Cost      16 bytes read and 8 (f16) or 16 (f32) written a texel: 6.3 MB and 3.2 or 6.5 MB for 3 planes of 128 x 128 x 32

#include "common/each-element"
#const STORES_HALVES: bool
#const FEATURE_GROUPS
#const PLANE_COUNT
#param planeWidth, planeHeight, layers: u32
#read planes: array<vec4f>
#if STORES_HALVES
#texture texels: texture_storage_2d_array<rgba16float, write>
#else
#texture texels: texture_storage_2d_array<rgba32float, write>
#end

fn element(index: u32) {
  let size = vec2u(params.planeWidth, params.planeHeight);
  let outer = size + 2u;
  if (index >= outer.x * outer.y * params.layers) { return; }
  // Layers are neighbours in memory, so neighbouring threads take layers of one texel.
  let layer = index % params.layers;
  let place = vec2u((index / params.layers) % outer.x, index / params.layers / outer.x);
  let texel = vec2i(place) - 1;
  let isBorder = any(texel < vec2i(0)) || any(texel >= vec2i(size));
  let layersPerImage = PLANE_COUNT * FEATURE_GROUPS;
  let inside = vec2u(clamp(texel, vec2i(0), vec2i(size) - 1));
  let row = (layer / layersPerImage * size.y + inside.y) * size.x + inside.x;
  textureStore(texels, place, layer, select(planes[row * layersPerImage + layer % layersPerImage], vec4f(0), isBorder));
}

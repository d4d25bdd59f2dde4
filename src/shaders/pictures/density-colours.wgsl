// Densities as colours: a density shows as the light that a layer of it, `thickness` scene units thick, absorbs, as the marcher counts it
// (common/volume/quadrature.wgsl). So next to nothing is the colour map's first colour, and ever denser matter tends to the last. What absorbs
// less than next to nothing fades away, so that the empty box is transparent.
//
// Shapes    sigma [..., 1], raw decoder outputs; colourMap [256, 3], 0 to 1; colours [..., 4]: red, green and blue times alpha, and alpha
// Layout    vec4f along the last axis
// Dispatch  one thread per value, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      20 FLOPs, a logarithm and 2 exponentials; 64 bytes a value

#include "common/each-element"
#include "common/pictures/colour-map"
#include "common/volume/quadrature"
#param count: u32
#param thickness: f32 // scene units
#read sigma: array<vec4f>
#write colours: array<vec4f>

const NEXT_TO_NOTHING = 0.04; // of the light

fn element(index: u32) {
  if (index >= params.count) { return; }
  let density = sigma[index].x;
  let absorbed = intervalAlpha(density, density, params.thickness);
  let opacity = smoothstep(0.0, NEXT_TO_NOTHING, absorbed);
  colours[index] = vec4f(mappedColour(absorbed) * opacity, opacity);
}

// Sine and cosine of many numbers of cycles: what a Fourier feature encoding (Tancik et al. 2020) makes of B x.
//
// Shapes    cycles [N, F], F a multiple of four; output [N, 2 F]: F sines, then F cosines
// Layout    vec4f along F
// Dispatch  one thread per four numbers, 64 per workgroup (each-element)
// Cost      about 30 FLOPs and 12 bytes a number

#include "common/each-element"
#include "common/sine-of-cycles"
#param rows: u32 // N
#param groups: u32 // F / 4
#read cycles: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.rows * params.groups) { return; }
  let to = index / params.groups * 2u * params.groups + index % params.groups;
  let turns = cycles[index];
#for part in 0..2
  output[to + ${part}u * params.groups] = vec4f(
    sineOfCycles(turns.x + ${part}.0 * 0.25),
    sineOfCycles(turns.y + ${part}.0 * 0.25),
    sineOfCycles(turns.z + ${part}.0 * 0.25),
    sineOfCycles(turns.w + ${part}.0 * 0.25),
  );
#end
}

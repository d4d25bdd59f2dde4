// A matrix of the decoder's weights, which are the same for all threads. On a graphics card each thread loads all of it.
//
// With SHARES_WEIGHTS the four threads of a quad (quad.wgsl) load a column each and tell it the others: one load of 16 bytes a thread and four broadcasts,
// for the 64 bytes of a matrix. All four threads must come here together, so what one of a subgroup needs, all do.

#include "common/volume/decoder"
#include "common/volume/quad"
#const SHARES_WEIGHTS: bool

fn loadWeights(index: u32) -> mat4x4f {
#if SHARES_WEIGHTS
  let column = decoder[index][lane];
  return mat4x4f(quadBroadcast(column, 0u), quadBroadcast(column, 1u), quadBroadcast(column, 2u), quadBroadcast(column, 3u));
#else
  return decoder[index];
#end
}

// A matrix of the decoder's weights, which are the same for all threads. On a graphics card each thread loads all of it.
//
// A software adapter pays for each thread's load, and next to nothing for passing values on. With SHARES_WEIGHTS the four threads of a quad load a
// column each and tell it the others: one load of 16 bytes a thread and four broadcasts, for the 64 bytes of a matrix. All four threads must come
// here together, so what one of a subgroup needs, all do.
//
// Dispatch  with SHARES_WEIGHTS any whose threads are whole quads; findLane() comes first, while all threads are there

#include "common/volume/decoder"
#const SHARES_WEIGHTS: bool

#if SHARES_WEIGHTS
enable subgroups;
diagnostic(off, subgroup_uniformity);

var<private> lane: u32; // of the thread in its quad

fn findLane() {
  lane = subgroupExclusiveAdd(1u) & 3u;
}

fn loadWeights(index: u32) -> mat4x4f {
  let column = decoder[index][lane];
  return mat4x4f(quadBroadcast(column, 0u), quadBroadcast(column, 1u), quadBroadcast(column, 2u), quadBroadcast(column, 3u));
}

fn isNeeded(wanted: bool) -> bool {
  return subgroupAny(wanted);
}
#else
fn findLane() {}

fn loadWeights(index: u32) -> mat4x4f {
  return decoder[index];
}

fn isNeeded(wanted: bool) -> bool {
  return wanted;
}
#end

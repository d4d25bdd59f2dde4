// A matrix of the decoder's weights, which are the same for all threads: the four threads of a quad load a column each and tell it the others. For
// processors that play a graphics card: they pay for each thread's load, and next to nothing for passing values on. All four threads must come
// here, so what one of a subgroup needs, all do. The same functions without subgroups: weights.wgsl.
//
// Shapes    decoder: mat4x4f after mat4x4f, as common/volume/decoder.wgsl lays them out
// Dispatch  any whose threads are whole quads and come here together
// Cost      one load of 16 bytes a thread and four broadcasts, for the 64 bytes of a matrix
// Needs     a storage binding `decoder: array<mat4x4f>`; findLane() at the start, while all threads are there

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

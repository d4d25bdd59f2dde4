// The four threads of a quad, for kernels whose threads share what they load: a software adapter pays for each thread's load, and next to nothing for
// passing values on. Without SHARES_WEIGHTS every thread is by itself.
//
// Dispatch  with SHARES_WEIGHTS any whose threads are whole quads; findLane() comes first, while all threads are there

#const SHARES_WEIGHTS: bool

#if SHARES_WEIGHTS
enable subgroups;
diagnostic(off, subgroup_uniformity);

var<private> lane: u32; // of the thread in its quad

fn findLane() {
  lane = subgroupExclusiveAdd(1u) & 3u;
}

fn isNeeded(wanted: bool) -> bool {
  return subgroupAny(wanted);
}
#else
fn findLane() {}

fn isNeeded(wanted: bool) -> bool {
  return wanted;
}
#end

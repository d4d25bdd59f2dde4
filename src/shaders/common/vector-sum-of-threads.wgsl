// The sum of a vector from each of the 64 threads of a workgroup, always in the same order. All threads ask for it together.

var<workgroup> threadVectors: array<vec4f, 64>;

fn vectorSumOfThreads(value: vec4f, thread: u32) -> vec4f {
  workgroupBarrier(); // until all have read a former sum
  threadVectors[thread] = value;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { threadVectors[thread] += threadVectors[thread + half]; }
  }
  workgroupBarrier();
  return threadVectors[0];
}

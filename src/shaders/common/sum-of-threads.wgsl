// The sum of one number from each of the 64 threads of a workgroup, always in the same order. All threads ask for it together.

var<workgroup> threadSums: array<f32, 64>;

fn sumOfThreads(value: f32, thread: u32) -> f32 {
  workgroupBarrier(); // until all have read a former sum
  threadSums[thread] = value;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { threadSums[thread] += threadSums[thread + half]; }
  }
  workgroupBarrier();
  return threadSums[0];
}

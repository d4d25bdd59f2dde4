// The sum of one number from each of the 64 threads of a workgroup, always in the same order. All threads ask for it together.

#include "common/vector-sum-of-threads"

fn sumOfThreads(value: f32, thread: u32) -> f32 {
  return vectorSumOfThreads(vec4f(value, 0, 0, 0), thread).x;
}

// How far two tensors of one shape are apart: a check that a kernel does on this device what another does.
//
// Shapes    actual, expected: any, with `vectors` vectors of four; result [3], zeros before: the largest difference, the largest magnitude in
//           `expected`, and 1 if any number in `actual` is not finite.
// Layout    four numbers a vector (f32 or f16). The results are floats gathered with integer atomics: numbers without a sign sort as their bits do.
//           Whether a number is finite is read from its bits too, because WGSL lets a compiler assume that all are.
// Dispatch  one thread per vector, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      32 bytes and 3 atomics a thread.

#include "common/each-element"
#storage ActualVector
#storage ExpectedVector
#param vectors: u32
#read actual: array<ActualVector>
#read expected: array<ExpectedVector>
#accumulate result: array<atomic<u32>>

const EXPONENT = 0x7f800000u;
const ONE = 0x3f800000u;

fn largest(values: vec4f) -> u32 {
  let magnitudes = abs(values);
  return bitcast<u32>(max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w)));
}

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let value = fromActualVector(actual[index]);
  let wanted = fromExpectedVector(expected[index]);
  atomicMax(&result[1], largest(wanted));
  if (any((bitcast<vec4u>(value) & vec4u(EXPONENT)) == vec4u(EXPONENT))) {
    atomicMax(&result[2], ONE);
    return;
  }
  atomicMax(&result[0], largest(value - wanted));
}

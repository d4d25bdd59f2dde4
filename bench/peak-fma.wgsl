// The device's peak for f32 multiply-adds: nothing but arithmetic in registers. Every thread takes two vectors through long chains of fma: eight
// sums that are independent of each other, and on a card other threads fill what waits. More chains would spill from the 16 registers that
// SwiftShader has on x86 (measured there: 30 GFLOP/s with two chains, 20 with four, 12 with sixteen).
//
// output    one vec4f per thread: written so that nothing is optimised away
// Dispatch  64 threads a workgroup
// Memory    none in the workgroup; 12 registers
// Cost      2 chains x 32 steps x 4 multiply-adds = 512 FLOPs an iteration; 16 bytes a thread in all

// A constant and not a parameter: the compiler guards a loop whose end it does not know against running for ever, which costs a factor of three.
#const ITERATIONS

#write output: array<vec4f>

const FACTOR = vec4f(0.999, 0.998, 0.997, 0.996);

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let offset = vec4f(f32(id.x) * 1e-6);
  var a = offset;
  var b = offset + 0.1;
  for (var iteration = 0u; iteration < ITERATIONS; iteration++) {
    let a1 = fma(fma(fma(fma(a, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b1 = fma(fma(fma(fma(b, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a2 = fma(fma(fma(fma(a1, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b2 = fma(fma(fma(fma(b1, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a3 = fma(fma(fma(fma(a2, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b3 = fma(fma(fma(fma(b2, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a4 = fma(fma(fma(fma(a3, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b4 = fma(fma(fma(fma(b3, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a5 = fma(fma(fma(fma(a4, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b5 = fma(fma(fma(fma(b4, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a6 = fma(fma(fma(fma(a5, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b6 = fma(fma(fma(fma(b5, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a7 = fma(fma(fma(fma(a6, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b7 = fma(fma(fma(fma(b6, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let a8 = fma(fma(fma(fma(a7, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    let b8 = fma(fma(fma(fma(b7, FACTOR, offset), FACTOR, offset), FACTOR, offset), FACTOR, offset);
    a = a8;
    b = b8;
  }
  output[id.x] = a + b;
}

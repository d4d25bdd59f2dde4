// Scales every row to unit second moment: y = x / sqrt(mean(x^2) + 1e-8), and writes it into columns of a wider tensor, so that z and
// the embedded label are concatenated without another kernel.
//
// Shapes    input [rows, C]; output [rows, D] with column + C <= D. Columns outside are not touched.
// Layout    single floats: the column offset need not be a multiple of four.
// Dispatch  one workgroup of 64 threads per row.
// Memory    64 partial sums (256 bytes).
// Cost      4 C FLOPs and 12 C bytes a row: negligible.

#include "common/sum-of-threads"
#param channels, outputStride, column: u32
#param inputStride: u32 // floats from row to row
#read input: array<f32>
#accumulate output: array<f32> // columns outside stay as they are

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let inputStart = workgroup.x * params.inputStride;
  let outputStart = workgroup.x * params.outputStride + params.column;
  var sum = 0.0;
  for (var channel = thread; channel < params.channels; channel += 64u) {
    let value = input[inputStart + channel];
    sum += value * value;
  }
  let scale = inverseSqrt(sumOfThreads(sum, thread) / f32(params.channels) + 1e-8);
  for (var channel = thread; channel < params.channels; channel += 64u) {
    output[outputStart + channel] = input[inputStart + channel] * scale;
  }
}

// Sum over the rows of a tensor: over all pixels of all samples for the gradient of a bias, over the samples for a mean of a batch. Many rows are
// summed in pieces, one workgroup each, and a second dispatch sums the pieces.
//
// Shapes    input [rows, C]; output [pieces, C], where piece p has rows p * rowsPerPiece up to the next piece's first. C may stand for several axes.
// Layout    vec4f along C.
// Dispatch  one workgroup of 64 threads per vec4f of the output; workgroups fill a grid of x * y.
// Memory    64 partial sums of a vec4f (1 KiB).
// Cost      one addition and 4 bytes an element: bound by memory. The order of additions depends on the shape only: the same bits each time.

#param rows, rowsPerPiece, pieces, groups: u32
#read input: array<vec4f>
#write output: array<vec4f>

const THREADS = 64u;

var<workgroup> partialSums: array<vec4f, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = workgroup.y * workgroups.x + workgroup.x;
  if (index >= params.pieces * params.groups) { return; }
  let group = index % params.groups;
  let first = index / params.groups * params.rowsPerPiece;
  let end = min(first + params.rowsPerPiece, params.rows);
  var sum = vec4f(0);
  for (var row = first + thread; row < end; row += THREADS) { sum += input[row * params.groups + group]; }
  partialSums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { partialSums[thread] += partialSums[thread + half]; }
  }
  if (thread == 0u) { output[index] = partialSums[0]; }
}

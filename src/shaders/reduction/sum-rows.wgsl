// Sum over all rows of a tensor: the gradient with respect to a bias, which was added to every row.
//
// Shapes    input [rows, C]; output [C].
// Layout    vec4f along C.
// Dispatch  one workgroup of 64 threads per vec4f of the output; workgroups fill a grid of x * y.
// Memory    64 partial sums of a vec4f (1 KiB).
// Cost      one addition and 4 bytes an element: bound by memory. The order of additions depends on the shape only: the same bits each time.

#param rows, groups: u32
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
  let group = workgroup.y * workgroups.x + workgroup.x;
  if (group >= params.groups) { return; }
  var sum = vec4f(0);
  for (var row = thread; row < params.rows; row += THREADS) { sum += input[row * params.groups + group]; }
  partialSums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { partialSums[thread] += partialSums[thread + half]; }
  }
  if (thread == 0u) { output[group] = partialSums[0]; }
}

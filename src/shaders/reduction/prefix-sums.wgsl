// Where stretches of known length begin when they lie one behind the other: starts[i] = counts[0] + ... + counts[i - 1]. And how many of the stretches
// before each one are not empty.
//
// Shapes    counts [length]; starts and filled [length + 1], all whole numbers; total [1], the sum of all as a float (exact below 2^24)
// Dispatch  one workgroup of 256 threads. Each adds up a stretch of the counts, all learn what lies before theirs, and each goes through its own again
// Memory    256 pairs of sums (2 KiB)
// Cost      16 bytes a count: for lists of up to some hundred thousand, which one workgroup reads in no time

#param length: u32
#read counts: array<u32>
#write starts, filled: array<u32>
#write total: array<f32>

const THREADS = 256u;

var<workgroup> sums: array<vec2u, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let stretch = (params.length + THREADS - 1u) / THREADS;
  let first = min(thread * stretch, params.length);
  let end = min(first + stretch, params.length);
  var sum = vec2u(0);
  for (var i = first; i < end; i++) { sum += vec2u(counts[i], min(counts[i], 1u)); }
  sums[thread] = sum;
  for (var reach = 1u; reach < THREADS; reach *= 2u) {
    workgroupBarrier();
    var before = vec2u(0);
    if (thread >= reach) { before = sums[thread - reach]; }
    workgroupBarrier();
    sums[thread] += before;
  }
  var start = sums[thread] - sum;
  for (var i = first; i < end; i++) {
    starts[i] = start.x;
    filled[i] = start.y;
    start += vec2u(counts[i], min(counts[i], 1u));
  }
  if (thread == THREADS - 1u) {
    starts[params.length] = start.x;
    filled[params.length] = start.y;
    total[0] = f32(start.x);
  }
}

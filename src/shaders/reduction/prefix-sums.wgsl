// Where stretches of known length begin when they lie one behind the other: starts[i] = counts[0] + ... + counts[i - 1].
//
// Shapes    counts [length] and starts [length + 1], whole numbers; total [1], the sum of all as a float (exact below 2^24)
// Dispatch  one workgroup of 256 threads. Each adds up a stretch, all learn what lies before theirs, and each goes through its stretch again
// Memory    256 sums (1 KiB)
// Cost      12 bytes a count: for lists of up to some hundred thousand, which one workgroup reads in no time

#param length: u32
#read counts: array<u32>
#write starts: array<u32>
#write total: array<f32>

const THREADS = 256u;

var<workgroup> sums: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let stretch = (params.length + THREADS - 1u) / THREADS;
  let first = min(thread * stretch, params.length);
  let end = min(first + stretch, params.length);
  var sum = 0u;
  for (var i = first; i < end; i++) { sum += counts[i]; }
  sums[thread] = sum;
  for (var reach = 1u; reach < THREADS; reach *= 2u) {
    workgroupBarrier();
    var before = 0u;
    if (thread >= reach) { before = sums[thread - reach]; }
    workgroupBarrier();
    sums[thread] += before;
  }
  var start = sums[thread] - sum;
  for (var i = first; i < end; i++) {
    starts[i] = start;
    start += counts[i];
  }
  if (thread == THREADS - 1u) {
    starts[params.length] = start;
    total[0] = f32(start);
  }
}

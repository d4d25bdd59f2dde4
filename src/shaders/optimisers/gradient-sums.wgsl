// First of two passes over all gradients of an update: for each chunk of a gradient, the sum of its squares, and how many of its numbers are not
// finite. Those count in the sum as what the update will take in their place.
//
// Shapes    gradient: `vectors` vectors; sums [chunks of all gradients, 2], of which this dispatch writes the rows from `firstRow` on.
// Layout    vec4f along the last axis, with zeros as padding.
// Dispatch  one workgroup of 64 threads a chunk of 1024 vectors; workgroups fill a grid of x * y.
// Memory    64 partial sums (256 bytes, common/sum-of-threads.wgsl).
// Cost      2 FLOPs and 4 bytes an element: bound by memory. Always in the same order: the same bits each time.

#include "common/each-workgroup"
#include "common/finite"
#include "common/sum-of-threads"
#param vectors, firstRow: u32
#read gradient: array<vec4f>
#write sums: array<vec4f>

const CHUNK_VECTORS = 1024u;

fn piece(chunk: u32, thread: u32) {
  let begin = chunk * CHUNK_VECTORS;
  if (begin >= params.vectors) { return; }
  var squares = 0.0;
  var notFinite = 0.0;
  for (var index = begin + thread; index < min(begin + CHUNK_VECTORS, params.vectors); index += 64u) {
    let values = gradient[index];
    let finite = finiteValues(values);
    squares += dot(finite, finite);
    notFinite += dot(vec4f(1), select(vec4f(0), vec4f(1), isNotFinite(values)));
  }
  let allSquares = sumOfThreads(squares, thread);
  let allNotFinite = sumOfThreads(notFinite, thread);
  if (thread == 0u) { sums[params.firstRow + chunk] = vec4f(allSquares, allNotFinite, 0, 0); }
}

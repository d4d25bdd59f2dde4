// Gradient of max-pool.wgsl with respect to its input: each input pixel gathers from the windows in which the reference has its first maximum there.
// The maxima are found again, so that the forward kernel need not write down their places; no two threads write to one place, and the order of
// additions is always the same.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the pooling's output; reference, output [N, H, W, C].
// Layout    vec4f along channels; padding stays zero, as that of the gradient is zero.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      kernel^2 + 1 loads of 16 bytes for each of the about (kernel / stride)^2 windows that a pixel is in, mostly cached.

#include "common/each-element"
#include "common/pooling-window"
#param batch, height, width, groups, outHeight, outWidth: u32
#read gradient, reference: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.batch * params.height * params.width * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.width;
  let row = index / (groups * params.width) % params.height;
  let sample = index / (groups * params.width * params.height);
  let own = reference[index];
  let takerRows = takersOf(row, params.outHeight);
  let takerColumns = takersOf(column, params.outWidth);

  var sum = vec4f(0);
  for (var takerRow = takerRows.first; takerRow < takerRows.end; takerRow++) {
    let rows = windowOf(takerRow, params.height);
    for (var takerColumn = takerColumns.first; takerColumn < takerColumns.end; takerColumn++) {
      let columns = windowOf(takerColumn, params.width);
      var isFirstMaximum = vec4<bool>(true);
      for (var y = rows.first; y < rows.end; y++) {
        for (var x = columns.first; x < columns.end; x++) {
          let other = reference[((sample * params.height + y) * params.width + x) * groups + group];
          let isEarlier = y < row || (y == row && x < column);
          isFirstMaximum &= select(other <= own, other < own, isEarlier);
        }
      }
      let taker = (sample * params.outHeight + takerRow) * params.outWidth + takerColumn;
      sum += select(vec4f(0), gradient[taker * groups + group], isFirstMaximum);
    }
  }
  output[index] = sum;
}

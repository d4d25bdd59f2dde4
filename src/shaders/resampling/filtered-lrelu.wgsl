// Filtered leaky ReLU (StyleGAN3, section 3.2 and figure 2): the nonlinearity of a continuous signal. The samples are up-sampled, bent, and
// low-pass filtered again before every how many-th is kept, so that what bends beyond the sampling rate does not come back as aliasing.
//   work = clamp(gain * lrelu(upFilter * padded(zeros inserted(input + bias))));   output = (downFilter * work)[every DOWN-th]
// A workgroup computes a tile of the output for four channels; what the signal is at the working rate never leaves workgroup memory.
//
// Shapes    input [N, H, W, C]; bias [C]; upTaps [UP_TAPS], one for both axes, flipped and times UP; downTaps [DOWN_TAPS] likewise, flipped, or
//           [DOWN_TAPS * DOWN_TAPS] row by row for a filter that is not separable; output [N, outHeight, outWidth, C].
// Layout    vec4f along C; taps in single floats.
// Dispatch  one workgroup of THREADS threads per tile of TILE_HEIGHT x TILE_WIDTH outputs and four channels, rows of tiles firstTileRow
//           to endTileRow, the channels fastest.
// Memory    `work`: WORK_HEIGHT x WORK_WIDTH vec4f; `strips`: WORK_HEIGHT times the larger of SOURCE_WIDTH and TILE_WIDTH; 16 KiB together.
//           The host chooses the tile so that they fit.
// Cost      for 2x up, 2x down and 12 taps (7 x 7 tiles): about 360 FLOPs an output element, 540 with a radial filter; an input element is
//           read from the cache about 50 times, from memory once or a few times.

#const UP
#const DOWN
#const UP_TAPS
#const DOWN_TAPS
#const TILE_WIDTH
#const TILE_HEIGHT
#const IS_SEPARABLE: bool
#const THREADS
#const WORKGROUP_THREADS = THREADS
#include "common/each-workgroup"
#param batch, height, width, outHeight, outWidth, firstTileRow, endTileRow: u32
#param groups: u32 // of four channels
#param padLeft: i32 // of the zero-inserted picture; negative crops
#param padTop: i32
#param slope, gain, clamp: f32
#read input, bias: array<vec4f>
#read upTaps, downTaps: array<f32>
#write output: array<vec4f>

// Samples at the working rate that a tile needs, and columns of the input that these need.
const WORK_WIDTH = (TILE_WIDTH - 1u) * DOWN + DOWN_TAPS;
const WORK_HEIGHT = (TILE_HEIGHT - 1u) * DOWN + DOWN_TAPS;
const SOURCE_WIDTH = (WORK_WIDTH + UP_TAPS + UP - 2u) / UP;
const WORK_SIZE = WORK_HEIGHT * WORK_WIDTH;
const STRIPS_SIZE = WORK_HEIGHT * max(SOURCE_WIDTH, TILE_WIDTH);

var<workgroup> work: array<vec4f, WORK_SIZE>;
// First the input up-sampled along columns, later the work down-sampled along rows.
var<workgroup> strips: array<vec4f, STRIPS_SIZE>;

// The first input sample that a filter at `position` of the zero-inserted, unpadded picture meets: position / UP, rounded up.
fn firstSource(position: i32) -> i32 {
  let up = i32(UP);
  return select(position / up, (position + up - 1) / up, position > 0);
}

fn bend(x: vec4f) -> vec4f {
  let y = select(x * params.slope, x, x >= vec4f(0)) * params.gain;
  return clamp(y, vec4f(-params.clamp), vec4f(params.clamp));
}

// Column `x` of the input, up-sampled at `position` rows below the top of the zero-inserted picture.
fn upsampleColumn(sample: u32, position: i32, x: i32, group: u32) -> vec4f {
  var sum = vec4f(0);
  if (x < 0 || x >= i32(params.width)) { return sum; }
  let first = firstSource(position);
  let offset = bias[group];
  for (var tap = u32(first * i32(UP) - position); tap < UP_TAPS; tap += UP) {
    let y = first + i32(tap / UP);
    if (y < 0 || y >= i32(params.height)) { continue; }
    let at = ((sample * params.height + u32(y)) * params.width + u32(x)) * params.groups + group;
    sum += upTaps[tap] * (input[at] + offset);
  }
  return sum;
}

fn piece(index: u32, thread: u32) {
  let tileColumns = (params.outWidth + TILE_WIDTH - 1u) / TILE_WIDTH;
  let tileRows = params.endTileRow - params.firstTileRow;
  if (index >= params.batch * tileRows * tileColumns * params.groups) { return; }
  let group = index % params.groups;
  let left = index / params.groups % tileColumns * TILE_WIDTH; // of the tile, in the output
  let top = (params.firstTileRow + index / (params.groups * tileColumns) % tileRows) * TILE_HEIGHT;
  let sample = index / (params.groups * tileColumns * tileRows);
  let workLeft = i32(left * DOWN) - params.padLeft; // in the zero-inserted, unpadded picture
  let workTop = i32(top * DOWN) - params.padTop;
  let sourceLeft = firstSource(workLeft);

  for (var item = thread; item < WORK_HEIGHT * SOURCE_WIDTH; item += THREADS) {
    let row = item / SOURCE_WIDTH;
    let column = item % SOURCE_WIDTH;
    strips[item] = upsampleColumn(sample, workTop + i32(row), sourceLeft + i32(column), group);
  }
  workgroupBarrier();

  for (var item = thread; item < WORK_SIZE; item += THREADS) {
    let row = item / WORK_WIDTH;
    let position = workLeft + i32(item % WORK_WIDTH);
    let first = firstSource(position);
    let start = row * SOURCE_WIDTH + u32(first - sourceLeft);
    var sum = vec4f(0);
    for (var tap = u32(first * i32(UP) - position); tap < UP_TAPS; tap += UP) {
      sum += upTaps[tap] * strips[start + tap / UP];
    }
    work[item] = bend(sum);
  }
  workgroupBarrier();

  if (IS_SEPARABLE) {
    for (var item = thread; item < WORK_HEIGHT * TILE_WIDTH; item += THREADS) {
      let start = item / TILE_WIDTH * WORK_WIDTH + item % TILE_WIDTH * DOWN;
      var sum = vec4f(0);
      for (var tap = 0u; tap < DOWN_TAPS; tap++) { sum += downTaps[tap] * work[start + tap]; }
      strips[item] = sum;
    }
    workgroupBarrier();
  }

  for (var item = thread; item < TILE_HEIGHT * TILE_WIDTH; item += THREADS) {
    let row = item / TILE_WIDTH;
    let column = item % TILE_WIDTH;
    if (top + row >= params.outHeight || left + column >= params.outWidth) { continue; }
    var sum = vec4f(0);
    for (var tapRow = 0u; tapRow < DOWN_TAPS; tapRow++) {
      let workRow = row * DOWN + tapRow;
      if (IS_SEPARABLE) {
        sum += downTaps[tapRow] * strips[workRow * TILE_WIDTH + column];
      } else {
        let start = workRow * WORK_WIDTH + column * DOWN;
        for (var tap = 0u; tap < DOWN_TAPS; tap++) { sum += downTaps[tapRow * DOWN_TAPS + tap] * work[start + tap]; }
      }
    }
    output[((sample * params.outHeight + top + row) * params.outWidth + left + column) * params.groups + group] = sum;
  }
}

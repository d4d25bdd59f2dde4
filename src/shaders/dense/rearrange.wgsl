// Numbers in another order, times a factor: the nested loops of an `Arrangement` (pipelines/dense/rearrange.ts), seen from the result. The turn of
// each loop follows from the place, since one turn of an outer loop spans all turns of the inner ones; where a turn would be beyond the last one,
// the place is padding and becomes zero. A loop that stays at one place of the result adds up what it meets.
//
// Shapes    source, result: any; places are counted row-major, without the padding that rows have in memory.
// Layout    source in single floats; result vec4f along the last axis (f32 or f16).
// Dispatch  one thread per vec4f of the result (eachElement).
// Memory    none in the workgroup.
// Cost      a division for each loop, a load of 4 bytes and a store of 4 (2) a number; the loads are scattered. With FOUR_TURNS the four numbers of a
//           vector are four turns of the innermost loop: a quarter of the divisions.

#include "common/each-element"
#const LOOPS in 1..5 // in use
#const IS_PADDED: bool // whether rows of the source have padding
#const FOUR_TURNS: bool
#storage ResultVector
#param vectors: u32 // of the result
#param columns: u32 // of the result, that is, its last extent
#if IS_PADDED
#param sourceColumns: u32
#param sourceStride: u32 // floats from row to row
#end
#param start: i32 // place in the source at which all loops begin
// The loops from the outermost in, where the result decides what is outer: turns, and places from turn to turn.
#for loop in 0..LOOPS
#param extent${loop}, to${loop}: u32
#param from${loop}: i32
#end
#param addends: u32 // turns of the loop that adds up
#param addendFrom: i32
#param factor: f32
#read source: array<f32>
#write result: array<ResultVector>

fn sourceNumber(place: i32) -> f32 {
  let at = u32(place);
#if IS_PADDED
  return source[at / params.sourceColumns * params.sourceStride + at % params.sourceColumns];
#else
  return source[at];
#end
}

fn total(first: i32) -> f32 {
  var at = first;
  var sum = sourceNumber(at);
  for (var addend = 1u; addend < params.addends; addend++) {
    at += params.addendFrom;
    sum += sourceNumber(at);
  }
  return sum * params.factor;
}

// Where a place of the result begins in the source; negative for padding.
fn sourcePlace(place: u32) -> i32 {
  var rest = place;
  var at = params.start;
  #for loop in 0..LOOPS
  let turn${loop} = rest / params.to${loop};
  if (turn${loop} >= params.extent${loop}) { return -1; }
  rest -= turn${loop} * params.to${loop};
  at += i32(turn${loop}) * params.from${loop};
  #end
  if (rest != 0u) { return -1; }
  return at;
}

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let groups = (params.columns + 3u) / 4u;
  let row = index / groups * params.columns;
  let firstColumn = index % groups * 4u;
  var numbers = vec4f(0);
#if FOUR_TURNS
  let at = sourcePlace(row + firstColumn);
  if (at >= 0) {
    let step = params.from${LOOPS - 1};
    numbers = vec4f(total(at), total(at + step), total(at + 2 * step), total(at + 3 * step));
  }
#else
  for (var lane = 0u; lane < 4u; lane++) {
    let column = firstColumn + lane;
    if (column >= params.columns) { continue; }
    let at = sourcePlace(row + column);
    if (at >= 0) { numbers[lane] = total(at); }
  }
#end
  result[index] = toResultVector(numbers);
}

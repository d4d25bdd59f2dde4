// Numbers in another order, times a factor: the nested loops of an `Arrangement` (pipelines/dense/rearrange.ts), seen from the result. The turn of
// each loop follows from the place, since one turn of an outer loop spans all turns of the inner ones; where a turn would be beyond the last one,
// the place is padding and becomes zero. A loop that stays at one place of the result adds up what it meets.
//
// Shapes    source, result: any; places are counted row-major, without the padding that rows have in memory.
// Layout    source in single floats; result vec4f along the last axis (f32 or f16).
// Dispatch  one thread per vec4f of the result, or with IS_DENSE per RUN of them (each-element).
// Memory    none in the workgroup.
// Cost      a load of 4 bytes and a store of 4 (2) a number; the loads are scattered. A division for each loop and number, and with IS_DENSE, where the
//           loops reach all places of the result and rows have no padding, for each loop and run: from place to place turns are counted on.

#include "common/each-element"
#const LOOPS in 1..5 // in use
#const IS_PADDED: bool // whether rows of the source have padding
#const IS_DENSE: bool
#const ADDS: bool // whether there is a loop that adds up
#const RUN = 1
#storage ResultVector
#param vectors: u32 // of the result
#if !IS_DENSE
#param columns: u32 // of the result, that is, its last extent
#end
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
#if ADDS
#param addends: u32 // turns of the loop that adds up
#param addendFrom: i32
#end
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
  var sum = sourceNumber(first);
#if ADDS
  var at = first;
  for (var addend = 1u; addend < params.addends; addend++) {
    at += params.addendFrom;
    sum += sourceNumber(at);
  }
#end
  return sum * params.factor;
}

#if IS_DENSE
fn element(index: u32) {
  let first = index * RUN;
  if (first >= params.vectors) { return; }
  var rest = first * 4u;
  var at = params.start;
  #for loop in 0..LOOPS
  var turn${loop} = rest / params.to${loop};
  rest -= turn${loop} * params.to${loop};
  at += i32(turn${loop}) * params.from${loop};
  #end
  for (var vector = first; vector < min(first + RUN, params.vectors); vector++) {
    var numbers: vec4f;
    #for lane in 0..4
    numbers[${lane}] = total(at);
    // On to the next place: where a loop has done all its turns it begins anew, and the one around it has done one more.
    turn${LOOPS - 1}++;
    at += params.from${LOOPS - 1};
      #for inner in 1..LOOPS
    let isOver${inner}_${lane} = turn${LOOPS - inner} == params.extent${LOOPS - inner};
    turn${LOOPS - inner} = select(turn${LOOPS - inner}, 0u, isOver${inner}_${lane});
    turn${LOOPS - inner - 1} += select(0u, 1u, isOver${inner}_${lane});
    at += select(0, params.from${LOOPS - inner - 1} - i32(params.extent${LOOPS - inner}) * params.from${LOOPS - inner}, isOver${inner}_${lane});
      #end
    #end
    result[vector] = toResultVector(numbers);
  }
}
#else
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
  for (var lane = 0u; lane < 4u; lane++) {
    let column = firstColumn + lane;
    if (column >= params.columns) { continue; }
    let at = sourcePlace(row + column);
    if (at >= 0) { numbers[lane] = total(at); }
  }
  result[index] = toResultVector(numbers);
}
#end

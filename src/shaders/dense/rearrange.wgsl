// Numbers in another order, times a factor: the nested loops of an `Arrangement` (pipelines/dense/rearrange.ts), seen from the result. The turn of
// each loop follows from the place, since one turn of an outer loop spans all turns of the inner ones; where a turn would be beyond the last one,
// the place is padding and becomes zero. A loop that stays at one place of the result adds up what it meets.
//
// Shapes    source, result: any; places are counted row-major, without the padding that rows have in memory.
// Layout    source in single floats; result vec4f along the last axis (f32 or f16).
// Dispatch  one thread per vec4f of the result (eachElement).
// Memory    none in the workgroup.
// Cost      4 divisions, a load of 4 bytes and a store of 4 (2) a number: bound by memory; the loads are scattered.

#include "common/each-element"
#storage ResultVector
#param vectors: u32 // of the result
#param columns: u32 // of the result, that is, its last extent
#param sourceColumns: u32
#param sourceStride: u32 // floats from row to row
#param start: i32 // place in the source at which all loops begin
// The loops from the outermost in, where the result decides what is outer: turns, and places from turn to turn. Those not in use have one turn.
#param extent0, extent1, extent2, extent3: u32
#param to0, to1, to2, to3: u32
#param from0, from1, from2, from3: i32
#param addends: u32 // turns of the loop that adds up
#param addendFrom: i32
#param factor: f32
#read source: array<f32>
#write result: array<ResultVector>

fn sourceNumber(place: i32) -> f32 {
  let at = u32(place);
  return source[at / params.sourceColumns * params.sourceStride + at % params.sourceColumns];
}

fn resultNumber(place: u32) -> f32 {
  var rest = place;
  var at = params.start;
  #for loop in 0..4
  let turn${loop} = rest / params.to${loop};
  if (turn${loop} >= params.extent${loop}) { return 0.0; }
  rest %= params.to${loop};
  at += i32(turn${loop}) * params.from${loop};
  #end
  if (rest != 0u) { return 0.0; }
  var sum = sourceNumber(at);
  for (var addend = 1u; addend < params.addends; addend++) {
    at += params.addendFrom;
    sum += sourceNumber(at);
  }
  return sum * params.factor;
}

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let groups = (params.columns + 3u) / 4u;
  let row = index / groups * params.columns;
  let firstColumn = index % groups * 4u;
  var numbers = vec4f(0);
  for (var lane = 0u; lane < 4u; lane++) {
    let column = firstColumn + lane;
    if (column < params.columns) { numbers[lane] = resultNumber(row + column); }
  }
  result[index] = toResultVector(numbers);
}

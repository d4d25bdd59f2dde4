// The way back through merge-samples.wgsl: each sample takes its gradient from the place that it has been moved to.
//
// Shapes    merged [rows, S + F, C], the gradient of what was merged; depths [rows, S, 1]; fineDepths [rows, F, 1]; values [rows, S, C] and
//           fineValues [rows, F, C], the gradients of both parts
// Dispatch  one thread per sample, 64 per workgroup (each-element)
// Cost      as forward

#include "common/each-element"
#include "common/volume/sampling/merged-place"
#param rows, coarseSamples, fineSamples: u32
#param groups: u32 // vec4f of a value
#read merged: array<vec4f>
#write values, fineValues: array<vec4f>

fn element(index: u32) {
  let samples = params.coarseSamples + params.fineSamples;
  if (index >= params.rows * samples) { return; }
  let row = index / samples;
  let sample = index % samples;
  let at = (row * samples + mergedPlace(row, sample)) * params.groups;
  for (var group = 0u; group < params.groups; group++) {
    if (sample < params.coarseSamples) {
      values[(row * params.coarseSamples + sample) * params.groups + group] = merged[at + group];
    } else {
      fineValues[(row * params.fineSamples + sample - params.coarseSamples) * params.groups + group] = merged[at + group];
    }
  }
}

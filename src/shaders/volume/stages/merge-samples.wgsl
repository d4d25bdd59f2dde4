// Concatenates the coarse and the fine samples of each ray and sorts them by depth (common/volume/sampling/merged-place.wgsl).
//
// Shapes    values [rows, S, C] and fineValues [rows, F, C] (densities, colours or the depths themselves); depths [rows, S, 1];
//           fineDepths [rows, F, 1]; merged [rows, S + F, C]
// Dispatch  one thread per sample, 64 per workgroup (each-element)
// Cost      S + F comparisons and 16 (S + F) bytes of (cached) reads a sample

#include "common/each-element"
#include "common/volume/sampling/merged-place"
#param rows, coarseSamples, fineSamples: u32
#param groups: u32 // vec4f of a value
#read values, fineValues: array<vec4f>
#write merged: array<vec4f>

fn element(index: u32) {
  let samples = params.coarseSamples + params.fineSamples;
  if (index >= params.rows * samples) { return; }
  let row = index / samples;
  let sample = index % samples;
  let to = (row * samples + mergedPlace(row, sample)) * params.groups;
  for (var group = 0u; group < params.groups; group++) {
    if (sample < params.coarseSamples) {
      merged[to + group] = values[(row * params.coarseSamples + sample) * params.groups + group];
    } else {
      merged[to + group] = fineValues[(row * params.fineSamples + sample - params.coarseSamples) * params.groups + group];
    }
  }
}

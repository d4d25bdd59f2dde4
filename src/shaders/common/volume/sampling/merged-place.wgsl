// Where a coarse or a fine sample of a ray stands when all are sorted by depth: behind as many as lie in front of it. Of equal depths the earlier
// one stays in front, coarse before fine.

#param coarseSamples, fineSamples: u32
#read depths, fineDepths: array<vec4f>

// `sample` counts the coarse, then the fine ones.
fn depthOf(row: u32, sample: u32) -> f32 {
  if (sample < params.coarseSamples) { return depths[row * params.coarseSamples + sample].x; }
  return fineDepths[row * params.fineSamples + sample - params.coarseSamples].x;
}

fn mergedPlace(row: u32, sample: u32) -> u32 {
  let depth = depthOf(row, sample);
  var place = 0u;
  for (var other = 0u; other < params.coarseSamples + params.fineSamples; other++) {
    let otherDepth = depthOf(row, other);
    if (otherDepth < depth || (otherDepth == depth && other < sample)) { place++; }
  }
  return place;
}

// Minima and maxima over all rays of a batch, gathered with atomics as ordered floats (ordered-float.wgsl) in one small buffer.
// `clear-range-cells.wgsl` empties them at the start of a plan; the host knows their number as RANGE_CELLS (pipelines/reduction/range-cells.ts).

const SMALLEST_START = 0u; // of the rays that hit the box
const LARGEST_START = 1u;
const SMALLEST_SAMPLE_DEPTH = 2u; // of all samples: the picture's depth is clamped to these
const LARGEST_SAMPLE_DEPTH = 3u;
const SMALLEST_SURFACE_DEPTH = 4u; // of the picture, where the ray is mostly absorbed: for display
const LARGEST_SURFACE_DEPTH = 5u;

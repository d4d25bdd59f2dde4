// Where jitter and u come from: SAMPLING is an index into `SAMPLING_MODES` of pipelines/volume/sampling.ts.

override SAMPLING: u32 = 0u; // even
const SAMPLING_DET = 1u;
const SAMPLING_RECORDED = 2u;
const SAMPLING_RANDOM = 3u;

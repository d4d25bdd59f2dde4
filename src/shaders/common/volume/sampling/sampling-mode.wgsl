// Where jitter and u come from: SAMPLING is an index into `SAMPLING_MODES` of pipelines/volume/sampling.ts.

#const SAMPLING in 0..4 = 0 // even

const SAMPLING_DET = 1u;
const SAMPLING_RECORDED = 2u;
const SAMPLING_RANDOM = 3u;

// Jitter of a stratified sample, in [0, 1). SAMPLING is an index into `SAMPLING_MODES` of pipelines/sampling.ts and is shared with
// common/importance-uniform.wgsl.
//
// Needs     a storage binding `jitter: array<f32>` (read in mode 'recorded' only); common/random.wgsl

override SAMPLING: u32 = 0u; // even
const SAMPLING_DET = 1u;
const SAMPLING_RECORDED = 2u;
const SAMPLING_RANDOM = 3u;

// `stride` floats lie between the draws of one ray and the next.
fn jitterOf(ray: u32, sample: u32, stride: u32, seed: u32) -> f32 {
  switch SAMPLING {
    case SAMPLING_RECORDED: { return jitter[ray * stride + sample]; }
    case SAMPLING_RANDOM: { return randomUnit(seed, ray * stride + sample); }
    default: { return 0.5; }
  }
}

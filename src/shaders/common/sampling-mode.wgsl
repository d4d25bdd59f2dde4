// Where jitter and u come from. SAMPLING is an index into `SAMPLING_MODES` of pipelines/sampling.ts.
//
// Needs     storage bindings `jitter` and `uniforms: array<f32>` (read in mode 'recorded' only); common/random.wgsl

override SAMPLING: u32 = 0u;
const SAMPLING_EVEN = 0u; // jitter 0.5, u = (k + 0.5) / n
const SAMPLING_DET = 1u; // jitter 0.5, u = k / (n - 1)
const SAMPLING_RECORDED = 2u;
const SAMPLING_RANDOM = 3u;

fn jitterOf(ray: u32, sample: u32, stride: u32, seed: u32) -> f32 {
  switch SAMPLING {
    case SAMPLING_RECORDED: { return jitter[ray * stride + sample]; }
    case SAMPLING_RANDOM: { return randomUnit(seed, ray * stride + sample); }
    default: { return 0.5; }
  }
}

fn uniformOf(ray: u32, sample: u32, samples: u32, stride: u32, seed: u32) -> f32 {
  switch SAMPLING {
    case SAMPLING_DET: { return f32(sample) / f32(max(samples, 2u) - 1u); }
    case SAMPLING_RECORDED: { return uniforms[ray * stride + sample]; }
    case SAMPLING_RANDOM: { return randomUnit(seed ^ 0x9e3779b9u, ray * stride + sample); }
    default: { return (f32(sample) + 0.5) / f32(samples); }
  }
}

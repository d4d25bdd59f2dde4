// The u of an importance sample, in [0, 1]: even = (k + 0.5) / n, det = k / (n - 1), recorded, or random.

#include "common/random"
#include "common/volume/sampling/sampling-mode"
#read uniforms: array<f32> // in mode 'recorded' only

const SECOND_STREAM = 0x9e3779b9u; // keeps u independent of the jitter drawn from the same seed

fn uniformOf(ray: u32, sample: u32, samples: u32, stride: u32, seed: u32) -> f32 {
  switch SAMPLING {
    case SAMPLING_DET: { return f32(sample) / f32(max(samples, 2u) - 1u); }
    case SAMPLING_RECORDED: { return uniforms[ray * stride + sample]; }
    case SAMPLING_RANDOM: { return randomUnit(seed ^ SECOND_STREAM, ray * stride + sample); }
    default: { return (f32(sample) + 0.5) / f32(samples); }
  }
}

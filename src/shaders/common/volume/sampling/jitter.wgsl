// Jitter of a stratified sample, in [0, 1).

#include "common/random"
#include "common/volume/sampling/sampling-mode"
#read jitter: array<f32> // in mode 'recorded' only

// `stride` floats lie between the draws of one ray and the next.
fn jitterOf(ray: u32, sample: u32, stride: u32, seed: u32) -> f32 {
  switch SAMPLING {
    case SAMPLING_RECORDED: { return jitter[ray * stride + sample]; }
    case SAMPLING_RANDOM: { return randomUnit(seed, ray * stride + sample); }
    default: { return 0.5; }
  }
}

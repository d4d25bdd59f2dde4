// What becomes of a field's four outputs: colours by a sigmoid, and the density, in parts of light lost per unit of length, by an exponential (Instant-NGP,
// Mueller et al. 2022, section 5.4), which has a slope everywhere and reaches from thin air to a wall. It ends where one step of a thousandth is opaque.

const LARGEST_DENSITY_LOGIT = 10.0;

fn fieldColour(raw: vec4f) -> vec3f {
  return 1.0 / (1.0 + exp(-raw.xyz));
}

fn fieldDensity(raw: vec4f) -> f32 {
  return exp(min(raw.w, LARGEST_DENSITY_LOGIT));
}

// A head that a model has rendered in front of white or black, without that background.

#param background: f32 // 1 white, 0 black

// The picture is C = a F + (1 - a) B, in [-1, 1]; what stays is a F, premultiplied, in [0, 1]. Alpha is raised where it is too small for any
// colour F within black and white to have made the picture: so the head over its old background is the picture again.
fn withoutBackground(picture: vec3f, alpha: f32) -> vec4f {
  if (alpha <= 0.0) { return vec4f(0); }
  let colour = clamp(0.5 * picture + 0.5, vec3f(0), vec3f(1));
  let unlike = abs(colour - params.background);
  let opacity = max(alpha, max(unlike.r, max(unlike.g, unlike.b)));
  return vec4f(colour - (1.0 - opacity) * params.background, opacity);
}

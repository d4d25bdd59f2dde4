// The slope of colours, told from the colour: y = 1.002 s - 0.001 for s = sigmoid(logit), and dy / d logit = 1.002 s (1 - s).

fn colourSlope(colour: vec4f) -> vec4f {
  let sigmoid = (colour + 0.001) / 1.002;
  return 1.002 * sigmoid * (1.0 - sigmoid);
}

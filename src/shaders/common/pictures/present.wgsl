// What every way of showing something on a canvas has in common: a part of the canvas, the region, into which a picture is scaled to
// fit, and the place in the picture that a canvas pixel shows. Which pixels are drawn at all is up to the scissor rectangle of the pass.

#param regionX: f32 // of the region, in canvas pixels from the top left
#param regionY, regionWidth, regionHeight, backgroundRed, backgroundGreen, backgroundBlue, backgroundAlpha: f32
#param width: u32 // of the picture
#param height: u32
#param texelVectors: u32 // vec4f from one pixel's channels to the next
#param range: f32 // the value at the end of the colour map, where the shader has no tensor for it

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  // (-1, -1), (3, -1), (-1, 3): the part inside the clip volume is the whole canvas.
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0, 1);
}

// Canvas pixels for each pixel of the picture.
fn pictureScale() -> f32 {
  return min(params.regionWidth / f32(params.width), params.regionHeight / f32(params.height));
}

// A canvas position in pixels of the picture, which is scaled to fit and centred in its region.
fn picturePosition(position: vec2f) -> vec2f {
  let size = vec2f(f32(params.width), f32(params.height));
  let middle = vec2f(params.regionX, params.regionY) + 0.5 * vec2f(params.regionWidth, params.regionHeight);
  return (position - middle) / pictureScale() + 0.5 * size;
}

fn isOutside(place: vec2f) -> bool {
  return any(place < vec2f(0)) || any(place > vec2f(f32(params.width), f32(params.height)));
}

// Premultiplied: a colour, or nothing.
fn background() -> vec4f {
  return vec4f(params.backgroundRed, params.backgroundGreen, params.backgroundBlue, params.backgroundAlpha);
}

// What a premultiplied colour is over the background. Filters overshoot: more colour than alpha would shine.
fn overBackground(colour: vec4f) -> vec4f {
  let opacity = clamp(colour.a, 0.0, 1.0);
  return vec4f(clamp(colour.rgb, vec3f(0), vec3f(opacity)), opacity) + (1.0 - opacity) * background();
}

// Index of a pixel; beyond the edge the edge goes on.
fn pixelIndex(x: i32, y: i32) -> u32 {
  let column = clamp(x, 0, i32(params.width) - 1);
  let row = clamp(y, 0, i32(params.height) - 1);
  return u32(row) * params.width + u32(column);
}

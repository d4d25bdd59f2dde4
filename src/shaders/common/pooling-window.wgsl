// Which pixels a pooling takes together, along one axis, for the four kernels of resampling/pooling. Windows of `kernel` pixels begin `stride` apart,
// the first of them `padding` before the picture. None is empty, as `padding` is half of `kernel` at most.

#param batch, height, width, outHeight, outWidth, groups: u32
#param kernel, stride, padding: u32

// Places along an axis: from `first` up to `end`, to its exclusion.
struct Places {
  first: u32,
  end: u32,
}

// The input pixels in the window of an output pixel.
fn windowOf(outPlace: u32, size: u32) -> Places {
  let start = outPlace * params.stride; // in the padded picture
  return Places(max(start, params.padding) - params.padding, min(start + params.kernel - params.padding, size));
}

// The output pixels in whose windows an input pixel is.
fn takersOf(place: u32, outSize: u32) -> Places {
  let padded = place + params.padding;
  let first = (max(padded + params.stride, params.kernel) - params.kernel) / params.stride;
  return Places(first, min(padded / params.stride + 1u, outSize));
}

// A window's rows and columns.
struct Window {
  rows: Places,
  columns: Places,
}

fn windowAt(outRow: u32, outColumn: u32) -> Window {
  return Window(windowOf(outRow, params.height), windowOf(outColumn, params.width));
}

// The rows and columns of the output pixels in whose windows an input pixel is.
fn takersAt(row: u32, column: u32) -> Window {
  return Window(takersOf(row, params.outHeight), takersOf(column, params.outWidth));
}

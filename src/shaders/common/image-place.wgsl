// Where a vector of a picture [N, height, width, C] is, `groups` of them a pixel, in a kernel with one thread for each.

struct ImagePlace {
  sample: u32,
  row: u32,
  column: u32,
  group: u32,
}

fn imagePlace(index: u32, height: u32, width: u32, groups: u32) -> ImagePlace {
  let pixel = index / groups;
  return ImagePlace(pixel / (width * height), pixel / width % height, pixel % width, index % groups);
}

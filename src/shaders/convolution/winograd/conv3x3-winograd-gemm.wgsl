// Winograd's F(2x2, 3x3), second step: for each of the 16 positions in a transformed patch a matrix product (tiles x input channels) times
// (input channels x output channels), in tiles of shared memory.
//
// Shapes    transformed [16, tiles, inChannels]; weight [16, inPadded, outChannels]; products [16, tiles, outChannels].
// Layout    four channels a vector (weight f32 or f16).
// Dispatch  one workgroup of 64 threads per 8 TILE_ROWS tiles x 8 CHANNEL_THREADS channels and position. Numbered by y * columns + x, channels
//           fastest, positions slowest. A thread computes eight tiles, TILE_ROWS apart, by two vectors of channels, CHANNEL_THREADS apart, so that
//           neighbours read neighbouring vectors of shared memory.
// Memory    12416 bytes in the workgroup: 16 input channels of the tiles (four planes, two vectors longer than they need be, against
//           conflicts when they are written) and of the weights.
// Cost      32 in out FLOPs a tile of four pixels, all positions together (direct: 72); per 16 input channels and workgroup 512 loads of 16
//           bytes for 131072 FLOPs.

#include "common/convolution/eight-sums"
#include "common/each-workgroup"
#const CHANNEL_THREADS = 8 // 8, or 4 for layers of up to 32 channels
#storage WeightVector
#param tiles, inputGroups, outputGroups: u32
#read transformed: array<vec4f>
#read weight: array<WeightVector>
#write products: array<vec4f>

const THREADS = 64u;
const DEEP = 4u; // vectors of input channels at a time
const MOST_TILES = 128u;
const PLANE = MOST_TILES + 2u;
const MOST_VECTORS = 16u;

const TILE_ROWS = THREADS / CHANNEL_THREADS;
const TILE_VECTORS = 2u * CHANNEL_THREADS;

// Arrays of rows, so that the index into a row stays the same from step to step: WGSL checks every index, and a compiler does that but once.
var<workgroup> sharedTiles: array<array<vec4f, PLANE>, DEEP>;
var<workgroup> sharedWeights: array<array<vec4f, MOST_VECTORS>, DEEP * 4u>;

fn loadTiles(thread: u32, position: u32, firstTile: u32, firstGroup: u32) {
  for (var i = thread; i < 8u * TILE_ROWS * DEEP; i += THREADS) {
    let deep = i % DEEP;
    let tile = i / DEEP;
    var value = vec4f(0);
    if (firstTile + tile < params.tiles && firstGroup + deep < params.inputGroups) {
      value = transformed[(position * params.tiles + firstTile + tile) * params.inputGroups + firstGroup + deep];
    }
    sharedTiles[deep][tile] = value;
  }
}

fn loadWeights(thread: u32, position: u32, firstVector: u32, firstGroup: u32) {
  for (var i = thread; i < DEEP * 4u * TILE_VECTORS; i += THREADS) {
    let vector = firstVector + i % TILE_VECTORS;
    let row = i / TILE_VECTORS;
    let channel = firstGroup * 4u + row;
    var value = vec4f(0);
    if (vector < params.outputGroups && channel < params.inputGroups * 4u) {
      value = fromWeightVector(weight[(position * params.inputGroups * 4u + channel) * params.outputGroups + vector]);
    }
    sharedWeights[row][i % TILE_VECTORS] = value;
  }
}

fn sharedBlock(deep: u32, vector: u32) -> Block {
  let row = deep * 4u;
  return Block(
    sharedWeights[row][vector], sharedWeights[row + 1u][vector],
    sharedWeights[row + 2u][vector], sharedWeights[row + 3u][vector],
  );
}

fn storeProduct(value: vec4f, position: u32, tile: u32, vector: u32) {
  if (tile >= params.tiles) { return; }
  products[(position * params.tiles + tile) * params.outputGroups + vector] = value;
}

fn storeSums(sums: EightSums, position: u32, tile: u32, vector: u32) {
  if (vector >= params.outputGroups) { return; }
  storeProduct(sums.p0, position, tile, vector);
  storeProduct(sums.p1, position, tile + TILE_ROWS, vector);
  storeProduct(sums.p2, position, tile + 2u * TILE_ROWS, vector);
  storeProduct(sums.p3, position, tile + 3u * TILE_ROWS, vector);
  storeProduct(sums.p4, position, tile + 4u * TILE_ROWS, vector);
  storeProduct(sums.p5, position, tile + 5u * TILE_ROWS, vector);
  storeProduct(sums.p6, position, tile + 6u * TILE_ROWS, vector);
  storeProduct(sums.p7, position, tile + 7u * TILE_ROWS, vector);
}

fn piece(index: u32, thread: u32) {
  let channelTiles = (params.outputGroups + TILE_VECTORS - 1u) / TILE_VECTORS;
  let tileBlocks = (params.tiles + 8u * TILE_ROWS - 1u) / (8u * TILE_ROWS);
  if (index >= channelTiles * tileBlocks * 16u) { return; }
  let firstVector = index % channelTiles * TILE_VECTORS;
  let firstTile = index / channelTiles % tileBlocks * 8u * TILE_ROWS;
  let position = index / (channelTiles * tileBlocks);

  let channelThread = thread % CHANNEL_THREADS;
  let row = thread / CHANNEL_THREADS;
  var low = EightSums();
  var high = EightSums();
  for (var firstGroup = 0u; firstGroup < params.inputGroups; firstGroup += DEEP) {
    loadTiles(thread, position, firstTile, firstGroup);
    loadWeights(thread, position, firstVector, firstGroup);
    workgroupBarrier();
    for (var deep = 0u; deep < DEEP; deep++) {
      let p0 = sharedTiles[deep][row];
      let p1 = sharedTiles[deep][row + TILE_ROWS];
      let p2 = sharedTiles[deep][row + 2u * TILE_ROWS];
      let p3 = sharedTiles[deep][row + 3u * TILE_ROWS];
      let p4 = sharedTiles[deep][row + 4u * TILE_ROWS];
      let p5 = sharedTiles[deep][row + 5u * TILE_ROWS];
      let p6 = sharedTiles[deep][row + 6u * TILE_ROWS];
      let p7 = sharedTiles[deep][row + 7u * TILE_ROWS];
      low = addProducts(low, sharedBlock(deep, channelThread), p0, p1, p2, p3, p4, p5, p6, p7);
      high = addProducts(high, sharedBlock(deep, channelThread + CHANNEL_THREADS), p0, p1, p2, p3, p4, p5, p6, p7);
    }
    workgroupBarrier();
  }

  storeSums(low, position, firstTile + row, firstVector + channelThread);
  storeSums(high, position, firstTile + row, firstVector + channelThread + CHANNEL_THREADS);
}

// What a modulated 3x3 convolution reads, the same for every implementation that reads tensors, so that one can take the place of another.
//
// Shapes    input [N, H, W, inChannels]; weight [3, 3, inPadded, outChannels]; styles [N, inChannels]; demodulation [N, outChannels]
// Layout    four channels a vector (input and weight f32 or f16)

#include "common/convolution/matrix"
#storage InputVector
#param batch, inputGroups, firstRow, endRow: u32
#param height, width: u32 // of the input
#read input: array<InputVector>
#read styles, demodulation: array<vec4f>

// Sizes of a depthwise convolution, the same for its gradients: input [N, height, width, C], kernel [kernelHeight, kernelWidth, C], output
// [N, outHeight, outWidth, C]; C in `groups` vectors.

#param batch, height, width, outHeight, outWidth, kernelHeight, kernelWidth, stride, groups: u32
#param padLeft, padTop: i32 // negative crops

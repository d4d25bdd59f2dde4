import numpy as np
import torch
from torch_utils import persistence
from training.networks_stylegan2 import Conv2dLayer, FullyConnectedLayer, MappingNetwork, fir_filter


@persistence.persistent_class
class DiscriminatorBlock(torch.nn.Module):
    def __init__(self, channels, out_channels, img_channels, conv_clamp):
        super().__init__()
        self.register_buffer('resample_filter', fir_filter())
        if img_channels > 0:
            self.fromrgb = Conv2dLayer(img_channels, channels, 1, conv_clamp=conv_clamp)
        self.conv0 = Conv2dLayer(channels, channels, 3, conv_clamp=conv_clamp)
        self.conv1 = Conv2dLayer(channels, out_channels, 3, conv_clamp=conv_clamp)
        self.skip = Conv2dLayer(channels, out_channels, 1, bias=False)


@persistence.persistent_class
class DiscriminatorEpilogue(torch.nn.Module):
    def __init__(self, channels, cmap_dim, conv_clamp, mbstd_group_size=4, mbstd_num_channels=1):
        super().__init__()
        self.conv = Conv2dLayer(channels + mbstd_num_channels, channels, 3, conv_clamp=conv_clamp)
        self.fc = FullyConnectedLayer(channels * 16, channels)
        self.out = FullyConnectedLayer(channels, cmap_dim or 1)


@persistence.persistent_class
class DualDiscriminator(torch.nn.Module):
    def __init__(self, c_dim, img_resolution, img_channels, architecture='resnet', channel_base=32768, channel_max=512, num_fp16_res=4,
                 conv_clamp=256, cmap_dim=None, disc_c_noise=0, block_kwargs={}, mapping_kwargs={}, epilogue_kwargs={}):
        super().__init__()
        channels = lambda side: min(channel_base // side, channel_max)
        for level in range(int(np.log2(img_resolution)), 2, -1):
            side = 2 ** level
            pictures = 2 * img_channels if side == img_resolution else 0
            setattr(self, f'b{side}', DiscriminatorBlock(channels(side), channels(side // 2), pictures, conv_clamp))
        cmap_dim = channels(4) if cmap_dim is None else cmap_dim
        if cmap_dim > 0:
            self.mapping = MappingNetwork(0, c_dim, cmap_dim, num_ws=None, w_avg_beta=None, **mapping_kwargs)
        self.b4 = DiscriminatorEpilogue(channels(4), cmap_dim, conv_clamp, **epilogue_kwargs)
        self.register_buffer('resample_filter', fir_filter())

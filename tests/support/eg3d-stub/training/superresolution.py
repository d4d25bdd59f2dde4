import torch
from torch_utils import persistence
from training.networks_stylegan2 import SynthesisBlock, fir_filter


@persistence.persistent_class
class SynthesisBlockNoUp(SynthesisBlock):
    pass


@persistence.persistent_class
class SuperresolutionHybrid2X(torch.nn.Module):
    def __init__(self, channels, img_resolution, sr_num_fp16_res, sr_antialias, channel_base=None, channel_max=None, **block_kwargs):
        super().__init__()
        assert img_resolution == 128
        self.input_resolution, self.sr_antialias = 64, sr_antialias
        clamp = 256 if sr_num_fp16_res > 0 else None
        self.block0 = SynthesisBlockNoUp(channels, 128, 512, 64, 3, is_last=False, conv_clamp=clamp, **block_kwargs)
        self.block1 = SynthesisBlock(128, 64, 512, 128, 3, is_last=True, conv_clamp=clamp, **block_kwargs)
        self.register_buffer('resample_filter', fir_filter())

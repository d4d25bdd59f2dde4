"""Generators of the EG3D family in sizes that the official classes do not have: other planes than 256 x 256, other axes, a super-resolution
with other sides and channels. They are wired from the official parts, which your own clone of the official code has to provide.

The official training writes this text into the pickles that it makes (as it does with its own classes), so they open wherever that code is, and Trifold opens
them, too: it knows `TrifoldSuperResolution` by name.
"""

import torch
from torch_utils import persistence
from training.networks_stylegan2 import Generator as Backbone
from training.networks_stylegan2 import SynthesisBlock
from training.superresolution import SynthesisBlockNoUp
from training.triplane import TriPlaneGenerator

OFFICIAL_PLANE_RESOLUTION = 256
PLANES = 3
PLANE_CHANNELS = 32


def axes_matrices(plane_axes):
    """What the official renderer keeps as `plane_axes`: for each plane a permutation whose first two rows say which coordinate is u and which is v.

    plane_axes: for each plane the pair (u, v) of 0 = x, 1 = y, 2 = z.
    """
    return torch.eye(3)[torch.tensor([[u, v, 3 - u - v] for u, v in plane_axes])]


@persistence.persistent_class
class TrifoldSuperResolution(torch.nn.Module):
    """Two synthesis blocks, each of which doubles the side or does not."""

    def __init__(self, channels, img_resolution, sr_num_fp16_res, sr_antialias,
                 w_dim, input_resolution, block_channels, upsample, resize, conv_clamp, **block_kwargs):
        super().__init__()
        self.input_resolution = input_resolution
        self.sr_antialias = sr_antialias
        self.upsample = list(upsample)
        self.resize = resize
        side = input_resolution
        for index, (outputs, doubles) in enumerate(zip(block_channels, upsample)):
            side *= 2 if doubles else 1
            make = SynthesisBlock if doubles else SynthesisBlockNoUp
            block = make(channels, outputs, w_dim=w_dim, resolution=side, img_channels=3, is_last=(index == 1),
                         use_fp16=(sr_num_fp16_res > 0), conv_clamp=conv_clamp, **block_kwargs)
            setattr(self, f'block{index}', block)
            channels = outputs
        if side != img_resolution:
            raise ValueError(f'The super-resolution ends at {side} x {side}, the picture has {img_resolution} x {img_resolution}.')

    def forward(self, rgb, x, ws, **block_kwargs):
        last = ws[:, -1:].expand(-1, 3, -1)  # all its layers take the last w
        side = x.shape[-1]
        if side > self.input_resolution and self.resize == 'when-smaller':
            raise ValueError(f'The feature image has a side of {side}; this super-resolution takes at most {self.input_resolution}.')
        if side != self.input_resolution:
            x, rgb = [torch.nn.functional.interpolate(picture, size=(self.input_resolution, self.input_resolution), mode='bilinear',
                                                      align_corners=False, antialias=self.sr_antialias) for picture in (x, rgb)]
        else:
            rgb = rgb.clone()  # blocks add to it in place, and the discriminator is to see it as it was rendered
        x, rgb = self.block0(x, rgb, last, **block_kwargs)
        x, rgb = self.block1(x, rgb, last, **block_kwargs)
        return rgb


@persistence.persistent_class
class TrifoldGenerator(TriPlaneGenerator):
    """The official generator with planes of any side and any axes."""

    def __init__(self, z_dim, c_dim, w_dim, img_resolution, img_channels, plane_resolution, plane_axes,
                 sr_num_fp16_res=0, mapping_kwargs={}, rendering_kwargs={}, sr_kwargs={}, **synthesis_kwargs):
        is_other = plane_resolution != OFFICIAL_PLANE_RESOLUTION
        first_kwargs = dict(synthesis_kwargs, channel_base=OFFICIAL_PLANE_RESOLUTION, channel_max=1) if is_other else synthesis_kwargs
        super().__init__(z_dim, c_dim, w_dim, img_resolution, img_channels, sr_num_fp16_res=sr_num_fp16_res,
                         mapping_kwargs=mapping_kwargs, rendering_kwargs=rendering_kwargs, sr_kwargs=sr_kwargs, **first_kwargs)
        if is_other:  # takes the place of one with a single channel
            self.backbone = Backbone(z_dim, c_dim, w_dim, img_resolution=plane_resolution, img_channels=PLANES * PLANE_CHANNELS,
                                     mapping_kwargs=mapping_kwargs, **synthesis_kwargs)
        self.renderer.plane_axes = axes_matrices(plane_axes)

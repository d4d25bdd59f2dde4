"""Runs `TrifoldSuperResolution` of interop/pytorch on the reference's cases of the official 2X module, and prints the largest error of each.

usage: check-super-resolution.py REPOSITORY

The official blocks, which are not here, are played by the project's own (scripts/replay/networks.py).
"""
import json
import os
import sys

import torch

root = sys.argv[1]
sys.path[:0] = [os.path.join(root, place) for place in ['interop/pytorch', 'tests/support/eg3d-stub', 'scripts/replay']]
import networks
import safetensors
from training.networks_stylegan2 import SynthesisBlock
from training.superresolution import SynthesisBlockNoUp
from trifold_networks import TrifoldSuperResolution


def forward(self, x, img, ws, noise_mode):
    """As the official block: its picture is added to the one that it was given, in place."""
    assert noise_mode == 'none' and ws.shape[1] == 3
    parameters = dict(self.named_parameters())
    part = lambda name: networks.scoped(parameters, f'{name}.')
    doubles = not isinstance(self, SynthesisBlockNoUp)
    x = networks.modulated_conv(part('conv0'), x, ws[:, 0], up=doubles, clamp=256)
    x = networks.modulated_conv(part('conv1'), x, ws[:, 1], clamp=256)
    img = networks.fir(img, networks.BINOMIAL, (2, 1), gain=4, up=2) if doubles else img
    return x, img.add_(networks.to_rgb(part('torgb'), x, ws[:, 2], clamp=256))


SynthesisBlock.forward = forward
arrays, _ = safetensors.read(os.path.join(root, 'tests/fixtures/sr.safetensors'))
arrays = {name[len('sr2x.'):]: torch.tensor(array).float() for name, array in arrays.items() if name.startswith('sr2x.')}
module = TrifoldSuperResolution(32, 128, 4, True, w_dim=512, input_resolution=64, block_channels=[128, 64], upsample=[False, True],
                                resize='when-different', conv_clamp=256)
parameters = networks.scoped(arrays, 'param.')
missing, unexpected = module.load_state_dict(parameters, strict=False)
assert not unexpected and all(name.endswith('resample_filter') for name in missing), (missing, unexpected)
ws = arrays['in.ws_last'][:, None].repeat(1, 14, 1)
errors = {}
with torch.no_grad():
    for side in [32, 64, 80]:
        x = arrays[f's{side}.in.x']
        raw = x[:, :3].clone()
        kept = raw.clone()
        picture = module(raw, x, ws, noise_mode='none')
        assert torch.equal(raw, kept), 'the rendered picture was written to'
        whole = f's{side}.none.out.rgb'
        expected, found = (arrays[whole], picture) if whole in arrays else (arrays[f'{whole}_strided'], picture[:, :, 2::4, 1::4])
        errors[side] = (found - expected).abs().max().item()
print(json.dumps(errors))

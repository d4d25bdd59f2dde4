"""The reference's training file, its networks and its phases."""
import json
import os

import numpy
import torch

import safetensors
from training import RecordedDraws, Step, gradients

PHASES = ['Gmain', 'Greg', 'Dmain', 'Dreg', 'Dmain_blur']

# A gradient may be so far from another: parts of the number, or absolute for numbers near 0.
RELATIVE, ABSOLUTE = 1e-3, 1e-5


class Reference:
    def __init__(self, folder):
        read = lambda name: safetensors.read(os.path.join(folder, f'{name}.safetensors'))
        self.generator, metadata = read('generator_tiny')
        self.discriminator, _ = read('discriminator')
        self.arrays, self.metadata = read('training')
        self.options = json.loads(metadata['init_kwargs'])['rendering_kwargs']
        self.stride = json.loads(self.metadata['config'])['stride']

    def networks(self, dtype):
        """-> parameters of generator and discriminator, by their official names"""
        g, d = (
            {name[len(prefix) :]: torch.tensor(value).to(dtype) for name, value in arrays.items() if name.startswith(prefix)}
            for arrays, prefix in [(self.generator, 'param.'), (self.discriminator, 'd128.param.')]
        )
        return g, d

    def batch(self, dtype):
        batch = {name: torch.tensor(self.arrays[f'in.{name}']).to(dtype) for name in ['gen_z', 'gen_c', 'real_c']}
        pixels = torch.tensor(self.arrays['in.real_img_u8']).to(torch.float32)
        return {**batch, 'real_img': (pixels / 127.5 - 1).to(dtype)}

    def step(self, case, dtype, arrays=None):
        """A phase's batch with its recorded draws, or with others under their names."""
        about = json.loads(self.metadata[case])
        draws = RecordedDraws({**self.arrays, **(arrays or {})}, [draw['tensor'] for draw in about['randoms']])
        return Step(self.batch(dtype), self.options, draws, about['cur_nimg'])

    def gradients(self, case, dtype):
        """-> gradients of a phase by parameter, as arrays of doubles, at the initial weights"""
        found, _ = gradients(self.step(case, dtype), case.split('_')[0], *self.networks(dtype))
        return {name: None if value is None else value.double().numpy() for name, value in found.items()}

    def parts(self, found, case):
        """Those numbers of gradients that the file has, under the file's names: all of a small tensor, every so many-th of a large one."""
        parts = {}
        for key in self.arrays:
            if not key.startswith((f'{case}.grad.', f'{case}.gradsub.')):
                continue
            kind, name = key[len(case) + 1 :].split('.', 1)
            values = numpy.zeros(self.arrays[key].shape) if found[name] is None else found[name]
            parts[key] = values.reshape(-1)[:: self.stride] if kind == 'gradsub' else values
        return parts


def iteration_draws():
    """
    What the reference's `iter` drew for the rays of its Gmain. Each of its phases began with torch.manual_seed (1141 for the first). As it was
    recorded, Gmain drew its noise between the swapping and the rays; in all later phases, and in the iteration, noise came from the record and
    was not drawn, so that the rays got other numbers of the same stream. That shows in its own results: with `rnd.014` and `rnd.015` two signs of
    `iter.out.G.superresolution.block1.torgb.weight` are wrong and 4 % of all numbers differ, with these all agree but for a few.
    """
    torch.manual_seed(1141)
    torch.rand(2, 1)
    jitter, u = torch.rand(2, 1024, 12, 1), torch.rand(2048, 12)
    return {'rnd.014.rand_like': jitter.numpy(), 'rnd.015.rand': u.numpy()}


class Distance:
    """How far numbers by name are from others, by the bound that holds for gradients."""

    def __init__(self, actual, wanted):
        self.worst, self.beyond, self.numbers, self.numbers_beyond = 0, [], 0, 0
        squared_error = squares = 0
        for name, values in wanted.items():
            values = values.astype(numpy.float64).reshape(-1)
            error = numpy.abs(actual[name].astype(numpy.float64).reshape(-1) - values)
            shares = error / numpy.maximum(ABSOLUTE, RELATIVE * numpy.abs(values))
            share = shares.max(initial=0)
            self.worst = max(self.worst, share)
            if share > 1:
                self.beyond.append(f'{name} {share:.2f}')
            self.numbers += len(values)
            self.numbers_beyond += int((shares > 1).sum())
            squared_error, squares = squared_error + (error**2).sum(), squares + (values**2).sum()
        self.tensors, self.of_norm = len(wanted), (squared_error / max(squares, 1e-300)) ** 0.5

    def __str__(self):
        return (
            f'worst {self.worst:7.3f} of the bound, {len(self.beyond):2} of {self.tensors} tensors beyond '
            f'({self.numbers_beyond} of {self.numbers} numbers), {self.of_norm:.1e} of the norm'
        )

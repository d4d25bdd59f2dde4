"""
Ten steps of training, as the official loop takes them: Gmain and Dmain in each, Greg in every fourth, Dreg in every sixteenth, each with its update,
and the moving average. tests/gpu/models/ten-steps.test.ts takes the same ten.

Nothing random has to be stored: latent codes and draws are numpy's RandomState([SEED, step, phase]) on both sides. Pictures and cameras are those of
the reference's batch.

The learning rates are a quarter of the official ones. With those, differences grow tenfold every other step, so that after ten PyTorch's own float32
is 9 % of the way from its double: Adam without an average of gradients (beta1 = 0) moves a number by the whole rate, whatever its gradient is, and
where that is near 0 rounding decides its sign. With a quarter PyTorch's float32 stays within the bound that holds for gradients, in all numbers.
"""
import math

import numpy
import torch

from training import Adam, GAINS, Step, follow, gradients, is_learned

SEED = 14
STEPS = 10
RAW_SIDE = 8
INTERVALS = {'Gmain': 1, 'Greg': 4, 'Dmain': 1, 'Dreg': 16}
RATES = {'G': 0.0025 / 4, 'D': 0.002 / 4}
EMA_IMAGES = 625

# What is kept of the generator: planes of this side, and super-resolution blocks with so many channels, 32 going in. A software adapter could not take
# ten steps of the whole in the time that a test has.
PLANE_SIDE = 32
SR_CHANNELS = [16, 8]


def cropped(g):
    """The tiny generator without its largest blocks, and with the first channels only of its super-resolution."""
    kept = {}
    for name, value in g.items():
        parts = name.split('.')
        if name.startswith('backbone.synthesis.b') and int(parts[2][1:]) > PLANE_SIDE:
            continue
        if parts[0] == 'superresolution':
            block, layer, rest = int(parts[1][-1]), parts[2], '.'.join(parts[3:])
            channels = SR_CHANNELS[block]
            inputs = channels if layer != 'conv0' else [32, SR_CHANNELS[0]][block]
            outputs = 3 if layer == 'torgb' else channels
            if rest in ('affine.weight', 'affine.bias'):
                value = value[:inputs]
            elif rest == 'weight':
                value = value[:outputs, :inputs]
            elif rest == 'bias':
                value = value[:outputs]
        kept[name] = value.clone()
    return kept


def run(reference, dtype, crop=cropped, raw_side=RAW_SIDE, report=print):
    """-> (losses [(step, phase, loss, norm of the gradient)], parameters by network)"""
    g, d = reference.networks(dtype)
    g, batch = crop(g), reference.batch(dtype)
    averages = {name: value.clone() for name, value in g.items() if is_learned(name) or name.endswith('w_avg')}
    adam = {'G': Adam(RATES['G'], INTERVALS['Greg']), 'D': Adam(RATES['D'], INTERVALS['Dreg'])}
    losses = []
    for number in range(STEPS):
        z = numpy.random.RandomState([SEED, number, len(INTERVALS)]).randn(*batch['gen_z'].shape)
        batch['gen_z'] = torch.tensor(z, dtype=torch.float32).to(dtype)
        for index, (phase, interval) in enumerate(INTERVALS.items()):
            if number % interval != 0:
                continue
            step = Step(batch, reference.options, numpy.random.RandomState([SEED, number, index]), raw_side=raw_side)
            found, loss = gradients(step, phase, g, d)
            norm = math.sqrt(sum(value.double().square().sum().item() for value in found.values() if value is not None))
            adam[phase[0]].update(g if phase[0] == 'G' else d, found)
            losses.append((number, phase, loss / GAINS[phase], norm))
            report(f'step {number} {phase:5} loss {losses[-1][2]:.6f} norm of the gradient {norm:.6f}')
        follow(averages, g, len(z), EMA_IMAGES)
    learned = lambda network: {name: value for name, value in network.items() if is_learned(name) or name.endswith('w_avg')}
    return losses, {'G': learned(g), 'D': learned(d), 'G_ema': averages}


KEPT = 256


def some_of(networks):
    """Every so many-th number of each tensor, at most KEPT, as arrays of doubles."""
    some = {}
    for network, parameters in networks.items():
        for name, value in parameters.items():
            values = value.double().numpy().reshape(-1)
            some[f'ten.{network}.{name}'] = values[:: math.ceil(len(values) / KEPT)]
    return some

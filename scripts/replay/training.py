"""The phases of EG3D's training and its updates, in the precision of the numbers that they are given."""

import torch
import torch.nn.functional as F

import networks
from networks import scoped

# What the reference's phases were computed with, as cli/gradient-cases/training-wiring.ts has it.
SWAP_IMAGES, BLUR_SIGMA, BLUR_IMAGES = 1e6, 10, 50e3
DENSITY_POINTS = 1000


class RecordedDraws:
    """The draws of a phase of the reference, in its order."""

    def __init__(self, arrays, names):
        self.arrays, self.names = arrays, iter(names)

    def rand(self, *shape):
        return self.arrays[next(self.names)].reshape(shape)

    randn = rand


class Step:
    """
    One batch with its draws, which are asked for in the official order: `draws` has numpy's rand(*shape) and randn(*shape).
    batch: gen_z, gen_c, real_img (-1..1), real_c; options: the generator's rendering_kwargs
    """

    def __init__(self, batch, options, draws, images=600e3, raw_side=32, r1_gamma=1.0):
        self.batch, self.options, self.draws = batch, options, draws
        self.count, self.dtype = len(batch['gen_z']), batch['gen_z'].dtype
        self.swap = 1 + min(images / SWAP_IMAGES, 1) * (options['gpc_reg_prob'] - 1)
        self.blur_sigma = BLUR_SIGMA * max(1 - images / BLUR_IMAGES, 0)
        self.raw_side, self.r1_gamma = raw_side, r1_gamma

    def rand(self, *shape):
        return torch.tensor(self.draws.rand(*shape), dtype=torch.float32).to(self.dtype)

    def randn(self, *shape):
        return torch.tensor(self.draws.randn(*shape), dtype=torch.float32).to(self.dtype)

    def conditioned(self, g, decisions):
        cameras = self.batch['gen_c']
        c = torch.where(self.rand(decisions, 1) < self.swap, cameras.roll(1, 0), cameras)
        return networks.mapping(scoped(g, 'backbone.mapping.'), self.batch['gen_z'], c)

    def planes(self, g, w):
        noises, side = [], 4
        while f'backbone.synthesis.b{side}.conv1.weight' in g:
            noises += [self.randn(self.count, 1, side, side) for _ in range(1 if side == 4 else 2)]
            side *= 2
        return networks.synthesis(scoped(g, 'backbone.synthesis.'), w, noises)

    def generated(self, g):
        """-> image, raw image, w"""
        w = self.conditioned(g, self.count)
        planes = self.planes(g, w)
        rays, options = self.raw_side**2, self.options
        jitter = self.rand(self.count, rays, options['depth_resolution'], 1)
        u = self.rand(self.count * rays, options['depth_resolution_importance'])
        decoder = scoped(g, 'decoder.')
        feature = networks.render(decoder, planes, self.batch['gen_c'], jitter, u, options, self.raw_side)
        return networks.super_resolution(scoped(g, 'superresolution.'), feature, w), feature[:, :3], w

    def real(self):
        image = self.batch['real_img']
        raw = networks.gaussian_blur(networks.resize(image, self.raw_side), self.blur_sigma)
        return image, raw

    def logits(self, d, image, raw, cameras):
        return networks.discriminator(d, networks.gaussian_blur(image, self.blur_sigma), raw, cameras)

    def Gmain(self, g, d):
        image, raw, _ = self.generated(g)
        return F.softplus(-self.logits(d, image, raw, self.batch['gen_c'])).mean()

    def Greg(self, g, d):
        w = self.conditioned(g, 1)
        points = self.rand(self.count, DENSITY_POINTS, 3) * 2 - 1
        nearby = points + self.randn(self.count, DENSITY_POINTS, 3) * self.options['density_reg_p_dist']
        self.randn(self.count, 2 * DENSITY_POINTS, 3)  # viewing directions, which no decoder reads
        planes = self.planes(g, w)
        both = torch.cat([points, nearby], 1)
        sigma, _ = networks.decode(scoped(g, 'decoder.'), planes, both, self.options['box_warp'])
        return (sigma[:, :DENSITY_POINTS] - sigma[:, DENSITY_POINTS:]).abs().mean() * self.options['density_reg']

    def Dmain(self, g, d):
        with torch.no_grad():
            image, raw, w = self.generated(g)
            average = g['backbone.mapping.w_avg']
            average.copy_(w.mean(0).lerp(average, 0.998))
        fake = self.logits(d, image, raw, self.batch['gen_c'])
        real = self.logits(d, *self.real(), self.batch['real_c'])
        return F.softplus(fake).mean() + F.softplus(-real).mean()

    def Dreg(self, g, d):
        image, raw = (picture.clone().requires_grad_() for picture in self.real())
        real = self.logits(d, image, raw, self.batch['real_c'])
        slopes = torch.autograd.grad(real.sum(), [image, raw], create_graph=True)
        return sum(slope.square().sum([1, 2, 3]) for slope in slopes).mean() * (self.r1_gamma / 2)


GAINS = {'Gmain': 1, 'Greg': 4, 'Dmain': 1, 'Dreg': 16}


def is_learned(name):
    return name.endswith(('.weight', '.bias', 'noise_strength', 'b4.const'))


def gradients(step, phase, g, d):
    """Of the phase's loss times its gain, by name; None where the loss does not depend on a parameter."""
    learning = {name: value for name, value in (g if phase[0] == 'G' else d).items() if is_learned(name)}
    for value in learning.values():
        value.requires_grad_(True)
    loss = getattr(step, phase)(g, d) * GAINS[phase]
    found = torch.autograd.grad(loss, list(learning.values()), allow_unused=True)
    for value in learning.values():
        value.requires_grad_(False)
    return dict(zip(learning, found)), loss.item()


class Adam:
    """torch.optim.Adam's arithmetic; rate and betas as lazy regularisation has them."""

    def __init__(self, rate, interval, betas=(0, 0.99), epsilon=1e-8):
        ratio = interval / (interval + 1)
        self.rate, self.betas, self.epsilon = rate * ratio, [beta**ratio for beta in betas], epsilon
        self.of = {}

    def update(self, parameters, found):
        for name, gradient in found.items():
            if gradient is None:
                continue
            gradient = torch.nan_to_num(gradient, nan=0, posinf=1e5, neginf=-1e5)
            count, mean, square = self.of.get(name, (0, 0, 0))
            mean = self.betas[0] * mean + (1 - self.betas[0]) * gradient
            square = self.betas[1] * square + (1 - self.betas[1]) * gradient**2
            count += 1
            self.of[name] = (count, mean, square)
            deviation = (square / (1 - self.betas[1] ** count)).sqrt() + self.epsilon
            parameters[name] -= self.rate / (1 - self.betas[0] ** count) * mean / deviation


def follow(averages, g, batch, half_life):
    """The moving average of weights (EMA); the average of w is copied."""
    share = 1 - 0.5 ** (batch / half_life)
    for name, average in averages.items():
        if name.endswith('w_avg'):
            average.copy_(g[name])
        else:
            average += share * (g[name] - average)

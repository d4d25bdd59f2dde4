"""
EG3D's training once more, in PyTorch and in double precision: what the reference, which is float32, and our own gradients are compared with.

    apt-get install python3-torch python3-numpy      (Debian's, for /usr/bin/python3; any PyTorch from 1.13 on will do)
    python3 scripts/replay compare REFERENCE [OURS]  how far the reference's gradients are from double's, and PyTorch's own float32; where OURS is
                                                     a folder with PHASE.safetensors of `trifold grad --out`, also how far those are
    python3 scripts/replay kinks REFERENCE           that the difference is a matter of which side of its kink a leaky ReLU is on
    python3 scripts/replay iteration REFERENCE       a whole iteration beside the reference's
    python3 scripts/replay write REFERENCE FILE      makes tests/fixtures/training-replay.safetensors

Each takes a minute or two. networks.py has the networks, training.py the phases and Adam, ten_steps.py the ten steps.
"""
import json
import os
import sys

import numpy
import torch

import safetensors
import ten_steps
from networks import lrelu
from reference import PHASES, Distance, Reference, iteration_draws
from training import Adam, follow, gradients, is_learned

# Phases of which the tests take the double's gradients as expected.
EXPECTED_OF = ['Gmain', 'Dmain_blur']


def compare(reference, ours=None):
    for case in PHASES:
        double = reference.parts(reference.gradients(case, torch.float64), case)
        single = reference.parts(reference.gradients(case, torch.float32), case)
        stored = {name: reference.arrays[name] for name in double}
        print_distance(f'{case}: reference', Distance(stored, double))
        print_distance(f"{case}: PyTorch's float32 today", Distance(single, double))
        path = ours and os.path.join(ours, f'{case}.safetensors')
        if path and os.path.exists(path):
            arrays, _ = safetensors.read(path)
            mine = {name[len(case) + 6 :]: array for name, array in arrays.items() if name.startswith(f'{case}.grad.')}
            print_distance(f'{case}: ours', Distance(reference.parts(mine, case), double))
            print_distance(f'{case}: ours from the reference', Distance(reference.parts(mine, case), stored))


def kinks(reference):
    for case in ['Gmain', 'Dmain', 'Dmain_blur']:
        single, seen = lrelu.watched(lambda: reference.gradients(case, torch.float32))
        slopes = [x >= 0 for x in seen]
        double, seen = lrelu.watched(lambda: reference.gradients(case, torch.float64))
        differ = sum(int((slope != (x >= 0)).sum()) for slope, x in zip(slopes, seen))
        forced, _ = lrelu.watched(lambda: reference.gradients(case, torch.float64), slopes)
        units = sum(slope.numel() for slope in slopes)
        print(f'{case}: {differ} of {units} units have the other slope in float32')
        there = lambda found: {name: value for name, value in found.items() if value is not None}
        print_distance('  float32 from double', Distance(single, there(double)))
        print_distance('  float32 from double with the slopes of float32', Distance(single, there(forced)))
        del seen, slopes
    nearest_kink(reference)


def nearest_kink(reference, case='Dmain_blur', candidates=40):
    """Turns one unit after the other, those nearest to their kinks first, until the reference's own gradients come out."""
    stored = {name: array for name, array in reference.arrays.items() if name.startswith(f'{case}.grad')}
    double, seen = lrelu.watched(lambda: reference.gradients(case, torch.float64))
    print_distance(f'{case}: reference from double', Distance(stored, reference.parts(double, case)))
    near = []
    for call, x in enumerate(seen):
        sizes = x.reshape(-1).abs()
        values, places = torch.topk(sizes, min(4, len(sizes)), largest=False)
        near += [(value / sizes.mean().item(), value, call, place) for value, place in zip(values.tolist(), places.tolist())]
    slopes = [x >= 0 for x in seen]
    for _, value, call, place in sorted(near)[:candidates]:
        flat = slopes[call].view(-1)
        flat[place] = ~flat[place]
        turned, _ = lrelu.watched(lambda: reference.gradients(case, torch.float64), slopes)
        flat[place] = ~flat[place]
        distance = Distance(stored, reference.parts(turned, case))
        if not distance.beyond:
            where = f'unit {place} of {list(slopes[call].shape)}, call {call}, at {value:.1e} from its kink'
            return print_distance(f'  with the other slope at {where}', distance)
    print('  no single unit does it')


def iteration(reference):
    recorded = {name: reference.arrays[name] for name in iteration_draws()}
    for title, rays in [('recorded rays', recorded), ("the iteration's own rays", iteration_draws())]:
        after = iterate(reference, torch.float64, rays)
        stored = {name: array for name, array in reference.arrays.items() if name in after}
        print_distance(title, Distance(stored, after))


def iterate(reference, dtype, rays):
    """-> what the reference has of its iteration, under its names"""
    g, d = reference.networks(dtype)
    averages = {name: value.clone() for name, value in g.items() if is_learned(name) or name.endswith('w_avg')}
    adam = {'G': Adam(0.0025, 4), 'D': Adam(0.002, 16)}
    for phase in ['Gmain', 'Greg', 'Dmain', 'Dreg']:
        found, _ = gradients(reference.step(phase, dtype, rays), phase, g, d)
        adam[phase[0]].update(g if phase[0] == 'G' else d, found)
    follow(averages, g, 2, json.loads(reference.metadata['iter'])['ema_nimg'])
    after = {}
    for name, array in reference.arrays.items():
        if name.startswith('iter.out.'):
            _, _, network, parameter = name.split('.', 3)
            values = {'G': g, 'D': d, 'G_ema': averages}[network][parameter]
            after[name] = values.double().numpy().reshape(-1)[: array.size]
    return after


def write(reference, path):
    arrays = {}
    for case in EXPECTED_OF:
        arrays.update(reference.parts(reference.gradients(case, torch.float64), case))
    arrays.update({f'iter.{name}': array for name, array in iteration_draws().items()})
    losses, networks = ten_steps.run(reference, torch.float64)
    ten = ten_steps.some_of(networks)
    losses_single, networks = ten_steps.run(reference, torch.float32, report=lambda line: None)
    of_single = Distance(ten_steps.some_of(networks), ten)
    print_distance("ten steps: PyTorch's float32 from its double", of_single)
    largest = max(abs(a[2] - b[2]) for a, b in zip(losses, losses_single))
    print(f'  its losses differ by {largest:.1e} at most')
    arrays.update(ten)
    about = {
        'seed': ten_steps.SEED,
        'raw_side': ten_steps.RAW_SIDE,
        'intervals': ten_steps.INTERVALS,
        'rates': ten_steps.RATES,
        'ema_images': ten_steps.EMA_IMAGES,
        'plane_side': ten_steps.PLANE_SIDE,
        'sr_channels': ten_steps.SR_CHANNELS,
        'kept': ten_steps.KEPT,
        'losses': [dict(zip(['step', 'phase', 'loss', 'norm'], entry)) for entry in losses],
    }
    metadata = {'config': reference.metadata['config'], 'ten': json.dumps(about, separators=(',', ':'))}
    safetensors.write(path, {name: array.astype(numpy.float32) for name, array in arrays.items()}, metadata)


def print_distance(title, distance):
    print(f'{title}: {distance}', flush=True)
    for line in distance.beyond:
        print(f'    beyond the bound: {line}')


if __name__ == '__main__':
    commands = {'compare': compare, 'kinks': kinks, 'iteration': iteration, 'write': write}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](Reference(sys.argv[2]), *sys.argv[3:])

"""Goes on in your own clone of the official EG3D code with what Trifold has trained.

  python trifold_eg3d.py pickle --eg3d ~/eg3d MODEL.pth NETWORK.pkl
      Builds the networks with the classes of the clone, loads the weights strictly, and writes the pickle that the official scripts open
      (gen_samples.py, gen_videos.py, train.py --resume).

  torchrun --nproc_per_node=8 trifold_eg3d.py train --eg3d ~/eg3d MODEL.pth --data DATA.zip --outdir RUNS
      Trains on with the official training loop, on as many cards of this machine as torchrun starts processes, with the losses, rates and schedules that the
      run had in Trifold.

MODEL.pth is what Trifold exports, or `trifold convert`. Nothing of the official code is in here; the clone provides it, under its own licence.
"""

import argparse
import copy
import json
import os
import pickle
import sys
import tempfile

import torch

NETWORKS = ['G', 'D', 'G_ema']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    making = commands.add_parser('pickle', help='write a network pickle')
    making.add_argument('model', help='.pth of Trifold')
    making.add_argument('out', help='.pkl to write')
    training = commands.add_parser('train', help='train on with the official loop')
    training.add_argument('model', help='.pth of Trifold')
    training.add_argument('--data', required=True, help='data set: zip or folder with dataset.json')
    training.add_argument('--outdir', required=True, help='folder for the results; it must not exist')
    training.add_argument('--resume', help='go on from this network pickle of the official training')
    training.add_argument('--resume-kimg', type=int, help='thousands of images that it has seen; default: what MODEL says')
    training.add_argument('--batch', type=int, help='pictures of a step on all cards together; default: that of the run')
    training.add_argument('--batch-gpu', type=int, help='pictures at a time on one card; default: batch / cards')
    training.add_argument('--gamma', type=float, help='weight of R1; default: that of the run')
    training.add_argument('--kimg', type=int, default=25000, help='thousands of images to train for; default: 25000')
    training.add_argument('--tick', type=int, default=4, help='thousands of images from one report to the next; default: 4')
    training.add_argument('--snap', type=int, default=50, help='reports from one snapshot to the next; default: 50')
    training.add_argument('--workers', type=int, default=3, help='processes that read data, for each card; default: 3')
    training.add_argument('--metrics', default='', help='for example fid50k_full; default: none')
    for command in [making, training]:
        command.add_argument('--eg3d', required=True, help='folder of the official code')
    options = parser.parse_args()
    use_clone(options.eg3d)
    if options.command == 'pickle':
        write_pickle(build_networks(*read_model(options.model)), options.out)
        print(f'{options.out}: G, D, G_ema')
    else:
        train(options)


def use_clone(folder):
    """Makes the official packages importable."""
    for place in [folder, os.path.join(folder, 'eg3d')]:
        if os.path.isfile(os.path.join(place, 'training', 'triplane.py')):
            sys.path.insert(0, os.path.abspath(place))
            return
    sys.exit(f'"{folder}" is no clone of the official EG3D code: there is no training/triplane.py in it.')


def read_model(path):
    """State dicts by network, and how the networks are built and trained."""
    contents = torch.load(path, map_location='cpu')
    if not isinstance(contents, dict) or 'config' not in contents or 'G_ema' not in contents:
        sys.exit(f'"{path}" was not written by Trifold: it needs "G_ema" and "config".')
    return {name: contents[name] for name in NETWORKS if name in contents}, json.loads(contents['config'])


def generator_arguments(config):
    """G_kwargs, for the clone at hand: some clones have other axes than those that the published weights were trained with."""
    from trifold_networks import axes_matrices
    from training.volumetric_rendering.renderer import ImportanceRenderer
    arguments = config['G_kwargs']
    axes = config['plane_axes']
    if 'plane_axes' in arguments or torch.equal(ImportanceRenderer().plane_axes.cpu().float(), axes_matrices(axes)):
        return arguments
    return dict(arguments, class_name='trifold_networks.TrifoldGenerator', plane_resolution=256, plane_axes=axes)


def build_networks(states, config):
    """G, D and G_ema of the clone's classes, filled. A model that came alone is its own G, and its D begins anew."""
    import dnnlib
    data = config['data_kwargs']
    networks = {}
    for name in NETWORKS:
        arguments = config['D_kwargs'] if name == 'D' else generator_arguments(config)
        networks[name] = dnnlib.util.construct_class_by_name(**copy.deepcopy(arguments), **data)
    for name, network in networks.items():
        state = states.get(name, None if name == 'D' else states['G_ema'])
        if state is None:
            print('The file has no discriminator: a new one begins.')
            continue
        if 'dataset_label_std' in state:
            network.register_buffer('dataset_label_std', torch.zeros_like(state['dataset_label_std']))
        network.load_state_dict(state, strict=True)
    for name in ['G', 'G_ema']:
        networks[name].neural_rendering_resolution = config['neural_rendering_resolution']
    return networks


def write_pickle(networks, path):
    """As the official training writes it."""
    snapshot = dict(training_set_kwargs=None)
    for name in NETWORKS:
        snapshot[name] = networks[name].eval().requires_grad_(False).cpu()
    snapshot['augment_pipe'] = None
    with open(path, 'wb') as file:
        pickle.dump(snapshot, file)


def train(options):
    states, config = read_model(options.model)
    rank = int(os.environ.get('RANK', 0))
    cards = int(os.environ.get('WORLD_SIZE', 1))
    arguments = loop_arguments(options, config, cards)
    from torch_utils import custom_ops, training_stats
    from training import training_loop
    if rank == 0:
        if os.path.exists(options.outdir):
            sys.exit(f'"{options.outdir}" is there already: name a new folder for the results.')
        os.makedirs(options.outdir)
        with open(os.path.join(options.outdir, 'training_options.json'), 'w') as file:
            json.dump(arguments, file, indent=2)
    else:
        custom_ops.verbosity = 'none'
    if cards > 1:
        torch.distributed.init_process_group(backend='nccl', init_method='env://')
    training_stats.init_multiprocessing(rank=rank, sync_device=torch.device('cuda', rank) if cards > 1 else None)
    with tempfile.TemporaryDirectory() as folder:
        if arguments['resume_pkl'] is None and rank == 0:  # the first process loads it and hands it to all others
            arguments['resume_pkl'] = os.path.join(folder, 'trifold.pkl')
            write_pickle(build_networks(states, config), arguments['resume_pkl'])
        training_loop.training_loop(rank=rank, **arguments)


def loop_arguments(options, config, cards):
    """What the official training loop is told."""
    import dnnlib
    run = dict(config['training'])
    images = run.pop('images')
    batch = options.batch or run['batch_size']
    batch_gpu = options.batch_gpu or batch // cards
    group = config['D_kwargs']['epilogue_kwargs']['mbstd_group_size'] or 1
    if batch_gpu == 0 or batch % (cards * batch_gpu) != 0:
        sys.exit(f'A batch of {batch} is not divisible among {cards} cards with {batch_gpu} pictures at a time.')
    if batch_gpu % group != 0:
        sys.exit(f'The discriminator compares {group} pictures at a time; {batch_gpu} on a card are no multiple: give --batch or --batch-gpu.')
    data = dict(class_name='training.dataset.ImageFolderDataset', path=options.data, use_labels=True, max_size=None, xflip=False)
    found = dnnlib.util.construct_class_by_name(**data)
    expected = config['data_kwargs']
    if found.resolution != expected['img_resolution'] or found.label_dim != expected['c_dim']:
        sys.exit(f'The model is for pictures of {expected["img_resolution"]} with labels of {expected["c_dim"]} numbers; '
                 f'the data set has {found.resolution} and {found.label_dim}.')
    data.update(resolution=found.resolution, max_size=len(found), random_seed=0)
    run['batch_size'] = batch
    if options.gamma is not None:
        run['loss_kwargs'] = dict(run['loss_kwargs'], r1_gamma=options.gamma)
    return dict(
        run,
        run_dir=options.outdir,
        training_set_kwargs=dnnlib.EasyDict(data),
        data_loader_kwargs=dict(pin_memory=True, prefetch_factor=2, num_workers=options.workers),
        G_kwargs=generator_arguments(config),
        D_kwargs=config['D_kwargs'],
        metrics=[name for name in options.metrics.split(',') if name],
        random_seed=0,
        num_gpus=cards,
        batch_gpu=batch_gpu,
        total_kimg=options.kimg,
        kimg_per_tick=options.tick,
        image_snapshot_ticks=options.snap,
        network_snapshot_ticks=options.snap,
        resume_pkl=options.resume,
        resume_kimg=images // 1000 if options.resume_kimg is None else options.resume_kimg,
    )


if __name__ == '__main__':
    main()

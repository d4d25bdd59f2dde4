import json
import os
import pickle


def training_loop(run_dir, training_set_kwargs, data_loader_kwargs, G_kwargs, D_kwargs, G_opt_kwargs, D_opt_kwargs, loss_kwargs, metrics,
                  random_seed, num_gpus, rank, batch_size, batch_gpu, ema_kimg, ema_rampup, G_reg_interval, D_reg_interval, total_kimg,
                  kimg_per_tick, image_snapshot_ticks, network_snapshot_ticks, resume_pkl, resume_kimg, augment_kwargs=None, augment_p=0,
                  ada_target=None, ada_interval=4, ada_kimg=500):
    """Trains nothing; tells what it was called with, and what it would go on from."""
    called = dict(locals())
    with open(resume_pkl, 'rb') as file:
        resumed = pickle.load(file)
    called['resumed'] = {name: len(resumed[name].state_dict()) for name in ['G', 'D', 'G_ema']}
    with open(os.path.join(run_dir, 'called.json'), 'w') as file:
        json.dump(called, file)

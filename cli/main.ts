/**
 * The command line: the same library as the page, in Node. Results go to files or stdout, everything else to stderr, so that it fits a script.
 */

import { bench } from './bench';
import { compare } from './compare';
import { convert } from './convert';
import { data } from './data';
import { FAILED, reportError, UsageError } from './errors';
import { grad } from './grad';
import { info } from './info';
import { mesh } from './mesh';
import { render } from './render';
import { train } from './train/train';
import { video } from './video';

const USAGE = `Usage: npm run --silent trifold -- COMMAND

  info MODEL [--json]
      What a model file holds: networks, sizes, rendering options. Of a student: its networks, its teacher, its cameras.

  render MODEL --out face.png [--seed 0] [--psi 0.7] [--yaw 0] [--pitch 0] [--output image|raw|depth]
      A picture of one face. Angles are degrees; a positive yaw moves the camera to the right-hand side of the picture's viewer.
      With --cut-out without its background, where the model tells it from the head.
  render MODEL --inputs in.safetensors --dump out.safetensors
      "in" holds z [N,z_dim] or ws [N,num_ws,w_dim], and optionally c_cond [N,25] and c [N,25]; "out" gets ws, planes, feature, raw,
      depth and image, f32, channels first. Every row of the batch is rendered on its own.
  Both forms take [--neural-resolution N] [--depth-samples N] [--importance-samples N]; the defaults are the model's own.
  --tune measures first which convolutions are the fastest on this device, and keeps that in ~/.cache/trifold for later calls with --tune.
  --halves stores the weights and results of convolutions as 16-bit floats: about two thirds of the memory, and a picture that looks the same.
  With --renderer convolutional --student STUDENT.safetensors, a student makes the pictures instead of volume rendering; "out" then gets
  ws, student_ws, feature, raw and image.

  compare MODEL --student STUDENT.safetensors [--seeds 0-63] [--views 11] [--psi 1] [--out compare.json]
      How far the student is from volume rendering, as JSON: PSNR in dB and SSIM of each seed and of each yaw from -75 to 75 degrees. Means
      of PSNR are means of decibels; deviations are over the seeds.

  mesh MODEL --out head.glb [--seed 0] [--psi 0.7] [--resolution 256] [--level 10] [--smooth 0] [--all-components]
      The surface of one face where its density crosses the level: .glb, .ply and .obj with colours and normals, .stl without. The largest
      piece alone, unless --all-components. A .mrc file gets the density itself. y is up, the face looks to +z, a scene unit is a metre.

  video MODEL --seeds 0-2 --out walk.webm [--seconds 2] [--fps 24] [--psi 0.7] [--turn DEGREES] [--size PIXELS]
      A smooth walk from face to face and back to the first, some seconds each, while the camera sways as in the official videos. With --turn
      it stays level and swings by so many degrees from side to side instead; 360 goes all the way round. .webm and .mp4 need ffmpeg;
      without it, and for --out FOLDER/, frames are written as PNG pictures. Ctrl-C keeps the finished frames.

  convert MODEL OUT.safetensors [--f16]
      Writes one safetensors file with the generator's weights and its configuration; --f16 halves it.
  convert MODEL OUT.pth
      Writes a file for "torch.load": a state dict with the official names under "G_ema", and what builds the network under "config".
      interop/pytorch/ in the repository goes on training from it.

  data [MODEL] --out DATA.zip [--count 2000] [--side 64] [--seed 0] [--mirror]
      Pictures of the model's faces (of the bundled one unless another is named) with exact cameras, as a data set in EG3D's form, to train on here
      or with the official code. --mirror adds each picture in the mirror, with its camera.

  train scene|gan|student --out DIR [--data FOLDER|ZIP] [--preset NAME] [--steps N] [--seed 0] [--set NAME=VALUE]... [--json]
  train scene|gan|student --out DIR --resume [--data FOLDER|ZIP] [--steps N]
      Learns a scene, a generator or a student, as the page does. DIR gets the run: description, checkpoint, curves, samples, and what was learnt. Memory and
      time are told before the first step. Ctrl-C ends the step on its way and saves; --resume goes on from there with the same bits, also after a
      crash. --list-presets tells what --preset takes, --set replaces single settings of it (--set batch=4).
      scene: --data has pictures of one scene with their cameras (PNG or JPEG; transforms.json, COLMAP, dataset.json); without it the bundled scene.
      --preset all learns it as tri-planes, as voxels and as Mip-NeRF, one after the other, and ends with a table of speed, memory, PSNR and SSIM.
      gan: --data is an EG3D data set (PNG or JPEG, dataset.json); without it the bundled generator, or --teacher MODEL, renders pictures with exact labels.
      --mirror learns each picture in the mirror, too; --from MODEL goes on from a generator.
      student: of the bundled generator, or of --teacher MODEL. --loss-set lr|hr|lr+hr|hr+adv|full|pc-gan takes other losses than the preset.
      All: [--checkpoint-every N] [--measure-every N] [--samples-every N], in steps; 0 is never for the last two. --json writes a line of JSON for each
      step told, checkpoint and notice to standard output.

  bench [MODEL] [--rounds 5] [--only WORD]... [--full-size] [--halves] [--variants] [--peer-models FOLDER]
      [--json bench.json]
      How fast the kernels are on this machine's adapter: the stages of a frame (of the bundled model unless another is named), and single
      operations and networks, each checked before it is timed. --only takes words of their names and may be repeated. --full-size adds the
      largest model in common use with random weights, which takes minutes on a software adapter (no graphics card). "npm run bench" does the same in a
      browser, beside other libraries; bench/README.md tells what is measured.

  grad --reference FILE --case NAME [--out grads.safetensors] [--json]
      The gradients of one operation: "file" is safetensors with the case's inputs NAME.in.*, parameters NAME.param.* and the cotangents NAME.cot.*
      of its results, and its options in the metadata under NAME; "out" gets NAME.grad.*. How far they are from those that the file has
      is printed; beyond 1e-3 of a number, or 1e-5 for numbers near 0, the exit code is 1. Phases of training (Gmain, Greg, Dmain, Dreg) also take
      [--generator FILE] [--discriminator FILE] [--discriminator-case d128]; the defaults are the reference's own files beside FILE.

  help  this page

MODEL is a safetensors file, an official EG3D pickle (.pkl; its G_ema is taken), or a torch file (.pt, .pth). A state dict that was saved
alone does not say how it is to be rendered: add --like ffhq|afhq|shapenet, or --facts FACTS.json with fields of docs/model-format.md.

Seeds are whole numbers from 0 to 4294967295. --seeds takes lists and ranges, both ends of which count: 0-3, 0..3, 0,3,7, or "0, 3, 7".
Angles are degrees: --yaw -30, --yaw=-30 and --yaw 30° are all understood.

Every command takes --verbose: standard error then also has what Dawn and the graphics drivers say. The first command that needs a graphics
adapter installs Dawn (npm ci in cli/).

Exit codes: 0 done, 1 failed (a broken file, no graphics adapter), 2 the call could not be understood.
`;

async function main(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  try {
    if (command === 'info') await info(rest);
    else if (command === 'convert') await convert(rest);
    else if (command === 'data') await data(rest);
    else if (command === 'render') await render(rest);
    else if (command === 'compare') await compare(rest);
    else if (command === 'mesh') await mesh(rest);
    else if (command === 'video') await video(rest);
    else if (command === 'bench') await bench(rest);
    else if (command === 'train') await train(rest);
    else if (command === 'grad') return (await grad(rest)) ? 0 : FAILED;
    else if (command === undefined || command === 'help' || command === '--help') process.stdout.write(USAGE);
    else throw new UsageError(`there is no command "${command}"`);
    return command === undefined ? 2 : 0;
  } catch (error) {
    return reportError(error);
  }
}

process.exitCode = await main(process.argv.slice(2));

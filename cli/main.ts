/**
 * The command line: the same library as the page, in Node. Results go to files or stdout, everything else to stderr, so that it fits a script.
 */

import { convert } from './convert';
import { reportError, UsageError } from './errors';
import { info } from './info';
import { render } from './render';

const USAGE = `Usage: npm run --silent trifold -- COMMAND

  info MODEL [--json]
      What a model file holds: networks, sizes, rendering options.

  render MODEL --out face.png [--seed 0] [--psi 1] [--yaw 0] [--pitch 0] [--output image|raw|depth]
      A picture of one face. Angles are degrees; a positive yaw moves the camera to the right-hand side of the picture's viewer.
  render MODEL --inputs in.safetensors --dump out.safetensors
      "in" holds z [N,z_dim] or ws [N,num_ws,w_dim], and optionally c_cond [N,25] and c [N,25]; "out" gets ws, planes, feature, raw,
      depth and image, f32, channels first. Every row of the batch is rendered on its own.
  Both forms take [--neural-resolution N] [--depth-samples N] [--importance-samples N]; the defaults are the model's own.

  convert MODEL OUT.safetensors [--f16]
      Writes one safetensors file with the generator's weights and its configuration; --f16 halves it.

  help  this page

MODEL is a safetensors file, an official EG3D pickle (.pkl; its G_ema is taken), or a torch file (.pt, .pth). A state dict that was saved
alone does not say how it is to be rendered: add --like ffhq|afhq|shapenet, or --facts FACTS.json with fields of docs/model-format.md.

Exit codes: 0 done, 1 failed (a broken file, no graphics adapter), 2 the call could not be understood.
`;

async function main(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  try {
    if (command === 'info') await info(rest);
    else if (command === 'convert') await convert(rest);
    else if (command === 'render') await render(rest);
    else if (command === undefined || command === 'help' || command === '--help') process.stdout.write(USAGE);
    else throw new UsageError(`there is no command "${command}"`);
    return command === undefined ? 2 : 0;
  } catch (error) {
    return reportError(error);
  }
}

process.exitCode = await main(process.argv.slice(2));

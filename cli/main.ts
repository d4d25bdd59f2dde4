/**
 * The command line: the same library as the page, in Node. Results go to files or stdout, everything else to stderr, so that it fits a script.
 */
import { reportError, UsageError } from './errors';
import { info } from './info';
import { render } from './render';

const USAGE = `Usage: npm run --silent trifold -- COMMAND

  info CHECKPOINT [--json]
      What a model file holds: networks, sizes, rendering options.

  render CHECKPOINT --out face.png [--seed 0] [--psi 1] [--yaw 0] [--pitch 0] [--output image|raw|depth]
      A picture of one face. Angles are degrees; a positive yaw moves the camera to the right-hand side of the picture's viewer.
  render CHECKPOINT --inputs in.safetensors --dump out.safetensors
      "in" holds z [N,z_dim] or ws [N,num_ws,w_dim], and optionally c_cond [N,25] and c [N,25]; "out" gets ws, planes, feature, raw,
      depth and image, f32, channels first. Every row of the batch is rendered on its own.
  both take [--neural-resolution N] [--depth-samples N] [--importance-samples N]; the defaults are the model's own.

  help  this page

Exit codes: 0 done, 1 failed (a broken file, no graphics adapter), 2 the call could not be understood.
`;

async function main(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  try {
    if (command === 'info') await info(rest);
    else if (command === 'render') await render(rest);
    else if (command === undefined || command === 'help' || command === '--help') process.stdout.write(USAGE);
    else throw new UsageError(`there is no command "${command}"`);
    return command === undefined ? 2 : 0;
  } catch (error) {
    return reportError(error);
  }
}

process.exitCode = await main(process.argv.slice(2));

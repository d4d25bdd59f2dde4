/** The Python of this machine, for tests that check our files with PyTorch itself. */
import { spawnSync } from 'node:child_process';

/** Debian's own first: a virtual environment in front of it seldom has torch. */
const CANDIDATES = ['/usr/bin/python3', 'python3'];

/** A Python that has torch; undefined if there is none. */
export const PYTHON_WITH_TORCH = CANDIDATES.find((command) => {
  return spawnSync(command, ['-c', 'import torch, numpy'], { stdio: 'ignore' }).status === 0;
});

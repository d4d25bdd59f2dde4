/**
 * Installs what a folder with a package.json and a lock file of its own needs: Dawn for `cli/`, the libraries that are raced for `bench/`. Few
 * people need them and they are large, so `npm ci` leaves them out, and who needs them calls this first.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const WAIT_MILLISECONDS = 200;
/** Whoever holds the lock for longer has been stopped with the machine. */
const LONGEST_INSTALL_MILLISECONDS = 15 * 60_000;
const LINES_OF_NPM = 6;

/** The packages of a folder could not be installed. */
export class PackagesError extends Error {
  constructor(folder, exitCode, said) {
    const lines = said.trim().split('\n').slice(-LINES_OF_NPM);
    super([`npm ci in ${folder}/ ended with exit code ${exitCode}.`, ...lines].join('\n  '));
    this.name = 'PackagesError';
    this.remedy =
      `The packages of ${folder}/package.json are fetched from the npm registry once. See that it can be reached and that ` +
      `${folder}/ can be written to, then call again, or install them by hand: npm ci --prefix ${folder}`;
  }
}

/**
 * Returns at once if the folder has what its lock file names. Any number of processes may call this at the same time: one installs, the others wait.
 * @param folder 'cli' or 'bench'
 * @param tell is told in a line that it takes a while
 * @throws PackagesError
 */
export async function installPackages(folder, tell) {
  const path = join(root, folder);
  if (await isInstalled(path)) return;
  const lock = join(root, 'node_modules', '.cache', `trifold-install-${folder}`);
  await mkdir(dirname(lock), { recursive: true });
  while (!(await take(lock))) {
    await sleep(WAIT_MILLISECONDS);
    if (await isInstalled(path)) return;
  }
  try {
    if (await isInstalled(path)) return;
    tell(`installing the packages of ${folder}/ (npm ci, the first time only)`);
    const { exitCode, said } = await npmCi(path);
    if (exitCode !== 0) throw new PackagesError(folder, exitCode, said);
  } finally {
    await rm(lock, { force: true });
  }
}

/** npm writes down what it has installed when it is done, in a hidden lock file. */
async function isInstalled(path) {
  const packagesIn = async (file) => JSON.parse(await readFile(join(path, file), 'utf8')).packages;
  const wanted = await packagesIn('package-lock.json');
  const installed = await packagesIn('node_modules/.package-lock.json').catch(() => ({}));
  return Object.entries(wanted).every(
    ([place, { version, optional }]) => place === '' || optional || installed[place]?.version === version,
  );
}

/** Whether the lock is ours now. One that its owner has left behind is removed. */
async function take(lock) {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const owner = Number(await readFile(lock, 'utf8'));
    const { mtimeMs } = await stat(lock);
    if ((owner > 0 && !isRunning(owner)) || Date.now() - mtimeMs > LONGEST_INSTALL_MILLISECONDS) await rm(lock);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // it was given back in between
  }
  return false;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function npmCi(path) {
  const options = [
    'ci',
    '--loglevel=error',
    ...['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier'],
    ...['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'], // without a network it says so in ten seconds, not in seventy
  ];
  const npm = process.env.npm_execpath; // set by npm for what it runs
  const [command, ...words] =
    npm && basename(npm) === 'npm-cli.js' ? [process.execPath, npm, ...options] : ['npm', ...options];
  return new Promise((resolve) => {
    const isBatchFile = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, words, { cwd: path, stdio: ['ignore', 'ignore', 'pipe'], shell: isBatchFile });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('error', (error) => resolve({ exitCode: error.code, said: error.message }));
    child.on('close', (exitCode, signal) => resolve({ exitCode: exitCode ?? signal, said }));
  });
}

/**
 * Runs before all tests: makes sure that there is a browser for them, and says which. On Debian or Ubuntu as root it installs Chromium;
 * anywhere else it says what to install. (Plain JavaScript, since Node 20 runs no TypeScript.)
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const candidates = JSON.parse(readFileSync(new URL('./browsers.json', import.meta.url), 'utf8'));

const named = process.env.TRIFOLD_BROWSER;
if (named && !existsSync(named)) stop(`TRIFOLD_BROWSER names ${named}, which does not exist.`);

let browser = named || candidates.find((path) => existsSync(path));
if (!browser && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
  console.log('No Chrome, Chromium or Edge found; installing Chromium with apt-get.');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const step of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    try {
      execFileSync('apt-get', ['--quiet', ...step], { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
    } catch {
      console.error(`apt-get ${step.join(' ')} failed.`);
    }
  }
  browser = candidates.find((path) => existsSync(path));
}
if (!browser) {
  stop('Tests need a browser: install Google Chrome, Chromium or Microsoft Edge, or name one in TRIFOLD_BROWSER.');
}
console.log(`Browser for the tests: ${browser} (${version(browser)})`);

function version(path) {
  if (process.platform === 'win32') return 'version unknown'; // there the flag opens a window instead
  try {
    return execFileSync(path, ['--version', '--no-sandbox'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'version unknown';
  }
}

function stop(message) {
  console.error(message);
  process.exit(1);
}

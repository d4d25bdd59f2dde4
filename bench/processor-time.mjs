/** The processor's time that a browser spends on pages and on its GPU process, from Linux' /proc; null elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

/** Fields of /proc/PID/stat behind the name of the process, which may hold blanks: state is field 3. */
const [PARENT, USER, SYSTEM] = [4 - 3, 14 - 3, 15 - 3];
const MILLISECONDS_PER_TICK = 10; // USER_HZ is 100 on every Linux that runs a browser

/**
 * @param mark a word in the command line of the browser's own process
 * @returns a function that gives the milliseconds so far, of all threads
 */
export function processorTimeOf(mark) {
  if (process.platform !== 'linux') return () => null;
  return () => {
    const processes = listProcesses();
    const browser = processes.find(({ command }) => command.includes(mark) && !command.includes('--type='));
    if (!browser) return null;
    const family = new Set([browser.pid]);
    for (let before = 0; family.size !== before; ) {
      before = family.size;
      for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
    }
    const works = ({ pid, command }) => family.has(pid) && /--type=(gpu-process|renderer)/.test(command);
    return processes.filter(works).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  };
}

function listProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const ticks = Number(fields[USER]) + Number(fields[SYSTEM]);
        return {
          pid: Number(pid),
          parent: Number(fields[PARENT]),
          command,
          milliseconds: ticks * MILLISECONDS_PER_TICK,
        };
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

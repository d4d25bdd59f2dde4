/** Types of install-packages.mjs, which also runs without a build. */

export class PackagesError extends Error {
  readonly remedy: string;
}

export function installPackages(folder: 'cli' | 'bench', tell: (line: string) => void): Promise<void>;

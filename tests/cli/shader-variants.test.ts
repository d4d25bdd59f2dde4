/** Every variant of every shader that a wrapper can ask for compiles in Dawn. The same in the browser: tests/gpu/kernels/ops-shader-variants.test.ts. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { vulkanEnvironment } from '../../cli/vulkan-environment.mjs';
import { installPackages } from '../../scripts/install-packages.mjs';
import type { ShaderFile } from '../../src/gpu/wgsl';
import { shaderVariants } from '../support/shader-variants';

const FILES = Object.values(
  import.meta.glob<ShaderFile>('../../src/shaders/**/*.wgsl', { eager: true, import: 'default' }),
);

it('compiles', async () => {
  await installPackages('cli', () => {});
  const folder = mkdtempSync(join(tmpdir(), 'trifold-shaders-'));
  try {
    const list = join(folder, 'variants.json');
    const variants = shaderVariants(FILES);
    writeFileSync(list, JSON.stringify(variants));
    const script = join(import.meta.dirname, '../support/compile-in-dawn.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script, list], {
      env: { ...process.env, ...vulkanEnvironment() },
    });
    const { compiled, mistakes } = JSON.parse(stdout);
    expect(mistakes).toEqual([]);
    expect(compiled).toBeGreaterThan(FILES.length);
    console.log(`${compiled} of ${variants.length} variants of ${FILES.length} files`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

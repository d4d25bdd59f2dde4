/** The page is built without the texts of shaders for gradients; they come when a training begins (vite-wgsl.ts). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterAll, expect, it } from 'vitest';
import type { ShaderFile } from '../../src/gpu/wgsl';
import { preprocess } from '../../src/gpu/wgsl';
import noiseGradient from '../../src/shaders/convolution/noise-gradient.wgsl';
import { wgslModules } from '../../vite-wgsl';

const folder = mkdtempSync(join(tmpdir(), 'trifold-late-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds a module as the page is built, with each shader that it imports exported. */
async function built(source: string): Promise<{ code: string; shader: ShaderFile }> {
  const entry = join(folder, 'entry.ts');
  writeFileSync(entry, source);
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    plugins: [wgslModules({ areGradientsLate: true })],
    build: { ssr: entry, write: false },
  })) as Rolldown.RolldownOutput;
  const { code } = output[0];
  const file = join(folder, `built-${code.length}.mjs`);
  writeFileSync(file, code);
  return { code, shader: (await import(/* @vite-ignore */ file)).shader };
}

const SHADER = JSON.stringify(resolve('src/shaders/convolution/noise-gradient.wgsl'));

it('a shader of gradients is a name, which tells what it misses', async () => {
  const { code, shader } = await built(`export { default as shader } from ${SHADER};`);
  expect(code.length).toBeLessThan(1000);
  expect(shader.path).toBe('convolution/noise-gradient.wgsl');
  expect(() => preprocess(shader)).toThrow(/noise-gradient.wgsl comes with pipelines\/gradients.ts/);
});

it('and is whole where a tape is started', async () => {
  const { shader } = await built(`import 'trifold:gradient-shaders'; export { default as shader } from ${SHADER};`);
  const withoutComments = (code: string) => code.replace(/[ \t]*\/\/.*$/gm, '').replace(/^ +/gm, '');
  expect(withoutComments(preprocess(shader).code)).toBe(withoutComments(preprocess(noiseGradient).code));
});

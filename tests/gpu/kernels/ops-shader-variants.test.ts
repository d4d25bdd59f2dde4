/** Every variant of every shader that a wrapper can ask for compiles in the browser. The same in Dawn: tests/cli/shader-variants.test.ts. */
import { expect, it } from 'vitest';
import type { ShaderFile } from '../../../src/gpu/wgsl';
import { shaderVariants } from '../../support/shader-variants';
import { testGpu } from '../support';

const FILES = Object.values(
  import.meta.glob<ShaderFile>('../../../src/shaders/**/*.wgsl', { eager: true, import: 'default' }),
);

it('compiles', async () => {
  const { device, features } = await testGpu();
  const variants = shaderVariants(FILES).filter(({ needsSubgroups }) => !needsSubgroups || features.has('subgroups'));
  device.pushErrorScope('validation');
  const mistakes = await Promise.all(
    variants.map(async ({ name, code, origins }) => {
      const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
      const first = messages.find(({ type }) => type === 'error');
      return first && `${name}\n  ${origins[first.lineNum - 1]}: ${first.message}`;
    }),
  );
  await device.popErrorScope();
  expect(mistakes.filter((mistake) => mistake !== undefined)).toEqual([]);
  console.log(`${variants.length} variants of ${FILES.length} files`);
});

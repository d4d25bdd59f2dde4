/**
 * Compiles shaders in Dawn and tells the mistakes: `node compile-in-dawn.mjs FILE`, where FILE holds `[{ name, code, origins, needsSubgroups }]` as JSON.
 * On standard output: `{ compiled, mistakes }`. A process of its own, since its environment must name a Vulkan driver from the start.
 */
import { readFileSync } from 'node:fs';
import { create, globals } from '../../cli/node_modules/webgpu/index.js';

Object.assign(globalThis, globals);
const instance = create([]); // referenced until the end: collected early, it takes the process with it
const adapter = await instance.requestAdapter();
if (!adapter) throw new Error('Dawn finds no adapter: npm run --silent trifold -- help says what it needs.');
const requiredFeatures = adapter.features.has('subgroups') ? ['subgroups'] : [];
const device = await adapter.requestDevice({ requiredFeatures });
const variants = JSON.parse(readFileSync(process.argv[2], 'utf8')).filter(
  ({ needsSubgroups }) => !needsSubgroups || requiredFeatures.length > 0,
);
device.pushErrorScope('validation');
const mistakes = [];
for (const { name, code, origins } of variants) {
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  const first = messages.find(({ type }) => type === 'error');
  if (first) mistakes.push(`${name}\n  ${origins[first.lineNum - 1]}: ${first.message}`);
}
await device.popErrorScope();
console.log(JSON.stringify({ compiled: variants.length, mistakes }));
device.destroy();

/**
 * Runs a module of the tests on Dawn: `node run-in-dawn.mjs MODULE JSON` hands what the JSON says to its default export, and prints what that returns.
 * A process of its own, since its environment must name a Vulkan driver from the start, and so that it can be killed.
 */
import { join } from 'node:path';
import { createServer } from 'vite';

const [, , path, argument] = process.argv;
const root = join(import.meta.dirname, '../..');
const server = await createServer({
  root,
  configFile: join(root, 'vite.cli.config.ts'),
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, watch: null },
  ssr: { external: ['webgpu'] },
});
const { default: run } = await server.ssrLoadModule(path);
console.log(JSON.stringify(await run(JSON.parse(argument))));
await server.close();

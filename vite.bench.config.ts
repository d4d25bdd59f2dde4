/** Bundles the bench's page, with the peers that it races, for `npm run bench`. Nothing of it is part of the built page. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { wgslModules } from './vite-wgsl.ts';

export default defineConfig({
  root: resolve(import.meta.dirname, 'bench'),
  publicDir: false,
  plugins: [wgslModules()],
  base: './',
  logLevel: 'error',
  build: {
    outDir: resolve(import.meta.dirname, 'node_modules/.cache/trifold-bench'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: { input: resolve(import.meta.dirname, 'bench/page.html') },
  },
});

/**
 * Bundles the command line into one file for Node. `webgpu` stays outside, since it brings a native library; it lies in `cli/node_modules`
 * (cli/package.json), where Node would not look for it from `dist-cli`.
 */
import { defineConfig } from 'vite';
import { wgslModules } from './vite-wgsl.ts';

export default defineConfig({
  publicDir: false,
  plugins: [wgslModules()],
  ssr: { noExternal: true },
  build: {
    ssr: 'cli/main.ts',
    outDir: 'dist-cli',
    emptyOutDir: false,
    target: 'node20',
    rolldownOptions: {
      external: ['webgpu'],
      output: {
        entryFileNames: 'trifold.js',
        codeSplitting: false,
        paths: { webgpu: '../cli/node_modules/webgpu/index.js' },
      },
    },
  },
});

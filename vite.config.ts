/**
 * The build: one page that may live in any folder, the service worker that keeps it for visits without a network, and the element for other
 * pages (`viewer.js`, under the same name in every version, with a page that shows it).
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { wgslModules } from './vite-wgsl.ts';

const WORKER = 'service-worker.js';
/** Scripts that are asked for by name. */
const NAMED = ['service-worker', 'viewer'];
const SHELL_FILE = /\.(html|js|css|svg|webmanifest|json)$/;
/** The script that shows the poster (src/first-picture.ts). */
const FIRST_SCRIPT = 'first-picture';

/** On a busy machine the bundler tells at length what it waited for. */
const QUIET = { bundlerTimings: false };

/**
 * Modules of Node that a package names for its use in Node alone: `NodeIO` of @gltf-transform/core, which the page has no call of. Left to
 * itself, Vite puts an empty module in their place as well, and warns of each.
 */
const NODE_MODULES = /^node:(fs|path)$/;
function leaveOutNodeModules(): Plugin {
  return {
    name: 'trifold:leave-out-node-modules',
    enforce: 'pre',
    resolveId: (id) => (NODE_MODULES.test(id) ? `\0${id}` : undefined),
    load: (id) => (id.startsWith('\0node:') ? 'export default {};' : undefined),
  };
}

/** Where the page will be, if that is known: services that show links read the address of their picture only in full. */
const { TRIFOLD_ADDRESS } = process.env;
function nameSocialPreview(): Plugin {
  return {
    name: 'trifold:social-preview',
    transformIndexHtml: (html) => {
      if (!TRIFOLD_ADDRESS) return html;
      return html.replaceAll('./social-preview.jpg', new URL('social-preview.jpg', TRIFOLD_ADDRESS).href);
    },
  };
}

/** Has the page load the script with the poster beside its own, so that neither waits for the other. */
function loadFirstScript(): Plugin {
  return {
    name: 'trifold:first-script',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { filename, bundle }) => {
        const chunk = Object.values(bundle ?? {}).find(({ name, type }) => type === 'chunk' && name === FIRST_SCRIPT);
        if (!chunk || !filename.endsWith('/index.html')) return [];
        const href = `./${chunk.fileName}`;
        return [
          { tag: 'link', attrs: { rel: 'modulepreload', href }, injectTo: 'head' },
          { tag: 'script', attrs: { type: 'module', async: true, src: href }, injectTo: 'body' },
        ];
      },
    },
  };
}

/** Tells the finished service worker which files make up the page. Weights are left out: the page keeps those by their hash. So is the poster: another folder of weights may have none. */
function listShellFiles(): Plugin {
  let output = '';
  return {
    name: 'trifold:shell-files',
    apply: 'build',
    configResolved({ root, build }) {
      output = resolve(root, build.outDir);
    },
    closeBundle() {
      const found = readdirSync(output, { recursive: true, encoding: 'utf8' }).map((file) =>
        file.replaceAll('\\', '/'),
      );
      const files = found.filter((file) => SHELL_FILE.test(file) && file !== WORKER).sort();
      const version = createHash('sha256');
      for (const file of files) version.update(file).update(readFileSync(join(output, file)));
      // The page is kept under the address of its folder; "index.html" is another name of the same.
      const addresses = files.map((file) => (file === 'index.html' ? './' : file));
      const worker = join(output, WORKER);
      const code = readFileSync(worker, 'utf8')
        .replaceAll('__SHELL_FILES__', JSON.stringify(addresses))
        .replaceAll('__SHELL_VERSION__', JSON.stringify(version.digest('hex').slice(0, 16)));
      writeFileSync(worker, code);
    },
  };
}

export default defineConfig({
  base: './',
  appType: 'mpa', // a missing file is a 404, not the page
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 750, // kilobytes: the first picture needs one chunk, with all the kernels, and splitting it would only add round trips
    rolldownOptions: {
      checks: QUIET,
      input: {
        page: 'index.html',
        embed: 'embed.html',
        viewer: 'src/ui/trifold-viewer.ts',
        'service-worker': 'src/service-worker.ts',
        [FIRST_SCRIPT]: 'src/first-picture.ts',
      },
      output: { entryFileNames: ({ name }) => (NAMED.includes(name) ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
  plugins: [
    wgslModules({ areGradientsLate: true }),
    leaveOutNodeModules(),
    nameSocialPreview(),
    loadFirstScript(),
    listShellFiles(),
  ],
  worker: {
    plugins: () => [wgslModules({ areGradientsLate: true }), leaveOutNodeModules()],
    rolldownOptions: { checks: QUIET },
  },
});

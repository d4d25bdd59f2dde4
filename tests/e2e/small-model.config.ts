/** `vite preview` of the built page, with the small pair of tests/fixtures/small in the place of the bundled one: all else is as `npm start` serves it. */
import { existsSync, readFileSync } from 'node:fs';
import { mergeConfig, type Plugin } from 'vite';
import page from '../../vite.config.ts';
import { fixturePath } from '../support/fixture-path.ts';

const TYPES: Readonly<Record<string, string>> = { json: 'application/json', safetensors: 'application/octet-stream' };

function serveSmallPair(): Plugin {
  return {
    name: 'trifold:small-pair',
    configurePreviewServer({ middlewares }) {
      const folder = fixturePath('small/index.json').replace(/index\.json$/, '');
      middlewares.use('/weights', (request, response) => {
        const [, name = '', kind = ''] = /^\/([\w-]+\.(\w+))(\?|$)/.exec(request.url ?? '') ?? [];
        const isThere = name !== '' && existsSync(folder + name);
        response.statusCode = isThere ? 200 : 404;
        response.setHeader('Content-Type', (isThere && TYPES[kind]) || 'text/plain');
        response.end(isThere ? readFileSync(folder + name) : 'Not found');
      });
    },
  };
}

export default mergeConfig(page, { plugins: [serveSmallPair()] });

/**
 * Shaders as modules: `import biasAct from '../../shaders/dense/bias-act.wgsl'` gives a `ShaderFile` (src/gpu/wgsl.ts), the text with the files that it
 * includes, each a module of its own. In a build comments and indents are left out; lines keep their numbers, so that a compiler's message still finds its place.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Plugin } from 'vite';

const SHADERS = resolve(import.meta.dirname, 'src/shaders');
const INCLUDE = /^\s*#include\s+"(.+)"/gm;
const COMMENT = /\s*\/\/.*$/gm;
const INDENT = /^ +/gm;

export function wgslModules(): Plugin {
  let isBuild = false;
  return {
    name: 'trifold:wgsl',
    enforce: 'pre',
    configResolved({ command }) {
      isBuild = command === 'build';
    },
    load(id) {
      if (!id.endsWith('.wgsl')) return;
      const written = readFileSync(id, 'utf8');
      const text = isBuild ? written.replace(COMMENT, '').replace(INDENT, '') : written;
      const path = relative(SHADERS, id)
        .replaceAll('\\', '/')
        .replace(/^.*\.\.\//, '');
      const names = [...new Set([...written.matchAll(INCLUDE)].map(([, name]) => name!))];
      const imports = names.map((name, index) => {
        const from = relative(dirname(id), join(SHADERS, `${name}.wgsl`)).replaceAll('\\', '/');
        return `import file${index} from ${JSON.stringify(from.startsWith('.') ? from : `./${from}`)};`;
      });
      const includes = names.map((name, index) => `${JSON.stringify(name)}: file${index}`).join(', ');
      return {
        code: `${imports.join('\n')}\nexport default { path: ${JSON.stringify(path)}, text: ${JSON.stringify(text)}, includes: { ${includes} } };\n`,
        map: null,
        moduleType: 'js',
      };
    },
  };
}

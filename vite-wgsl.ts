/**
 * Shaders as modules: `import biasAct from '../../shaders/dense/bias-act.wgsl'` gives a `ShaderFile` (src/gpu/wgsl.ts), the text with the files that it
 * includes, each a module of its own. In a build comments and indents are left out; lines keep their numbers, so that a compiler's message still finds its place.
 *
 * Of all shaders about a third is for gradients, and wrappers import what computes their gradients beside what they compute. So that who only looks at
 * heads does not fetch it, the page is built with these texts late: the module of such a shader is a name, and the texts come with
 * `trifold:gradient-shaders`, which `pipelines/gradients.ts` imports, where every training begins. Elsewhere that module is empty.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Plugin } from 'vite';

const SHADERS = resolve(import.meta.dirname, 'src/shaders');
const INCLUDE = /^\s*#include\s+"(.+)"/gm;
const COMMENT = /[ \t]*\/\/.*$/gm;
const INDENT = /^ +/gm;

/** Shaders of the way back, by their paths. */
const OF_GRADIENTS = /gradient|curvature|\/scatter\//;
/** Asks for the text itself where the shader's own module is a name. */
const WHOLE = '?whole';

const GRADIENT_SHADERS = 'trifold:gradient-shaders';
const LATE_SHADER = 'trifold:late-shader';
const LATE_SHADER_CODE = `
const files = new Map();
const found = (path) => {
  const file = files.get(path);
  if (file) return file;
  throw new Error(path + " comes with pipelines/gradients.ts, which nothing has imported");
};
export const fill = (all) => { for (const file of all) files.set(file.path, file); };
export const late = (path) => ({ path, get text() { return found(path).text; }, get includes() { return found(path).includes; } });
`;

/** @param options `areGradientsLate`: whether shaders of gradients come with the module above. Default: no */
export function wgslModules({ areGradientsLate = false } = {}): Plugin {
  let isBuild = false;
  return {
    name: 'trifold:wgsl',
    enforce: 'pre',
    configResolved({ command }) {
      isBuild = command === 'build';
    },
    resolveId: (id) => (id === GRADIENT_SHADERS || id === LATE_SHADER ? `\0${id}` : undefined),
    load(id) {
      const isLate = areGradientsLate && isBuild;
      if (id === `\0${LATE_SHADER}`) return LATE_SHADER_CODE;
      if (id === `\0${GRADIENT_SHADERS}`) return isLate ? gradientShadersCode() : '';
      const file = id.endsWith(WHOLE) ? id.slice(0, -WHOLE.length) : id;
      if (!file.endsWith('.wgsl')) return;
      const path = pathOf(file);
      const code =
        isLate && file === id && OF_GRADIENTS.test(path)
          ? `import { late } from '${LATE_SHADER}';\nexport default late(${JSON.stringify(path)});\n`
          : shaderCode(file, path, isBuild);
      return { code, map: null, moduleType: 'js' };
    },
  };
}

/** From src/shaders on; of a shader elsewhere (in tests), its name. */
function pathOf(file: string): string {
  return relative(SHADERS, file)
    .replaceAll('\\', '/')
    .replace(/^.*\.\.\//, '');
}

function shaderCode(file: string, path: string, isBuild: boolean): string {
  const written = readFileSync(file, 'utf8');
  const text = isBuild ? written.replace(COMMENT, '').replace(INDENT, '') : written;
  const names = [...new Set([...written.matchAll(INCLUDE)].map(([, name]) => name!))];
  const imports = names.map((name, index) => {
    const from = relative(dirname(file), join(SHADERS, `${name}.wgsl`)).replaceAll('\\', '/');
    return `import file${index} from ${JSON.stringify(from.startsWith('.') ? from : `./${from}`)};`;
  });
  const includes = names.map((name, index) => `${JSON.stringify(name)}: file${index}`).join(', ');
  return `${imports.join('\n')}\nexport default { path: ${JSON.stringify(path)}, text: ${JSON.stringify(text)}, includes: { ${includes} } };\n`;
}

/** Imports all texts of gradients and hands them to the shaders that are names. */
function gradientShadersCode(): string {
  const files = readdirSync(SHADERS, { recursive: true, encoding: 'utf8' })
    .map((name) => join(SHADERS, name).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.wgsl') && OF_GRADIENTS.test(pathOf(file)))
    .sort();
  const imports = files.map((file, index) => `import file${index} from ${JSON.stringify(file + WHOLE)};`);
  const all = files.map((_, index) => `file${index}`).join(', ');
  return `import { fill } from '${LATE_SHADER}';\n${imports.join('\n')}\nfill([${all}]);\n`;
}

/** What `import` of a shader gives: a `ShaderFile` of gpu/wgsl.ts, which an ambient declaration cannot name. */
declare module '*.wgsl' {
  interface File {
    readonly path: string;
    readonly text: string;
    readonly includes: Readonly<Record<string, File>>;
  }
  const file: File;
  export default file;
}

/** Shaders that a build has left out of their own modules (vite-wgsl.ts). */
declare module 'trifold:gradient-shaders' {}

/** What the command line uses of the package `webgpu`, said here because `npm ci` does not install it (cli/package.json does). */
declare module 'webgpu' {
  /** An instance of Dawn. @param flags such as "backend=vulkan" */
  export function create(flags: readonly string[]): GPU;
  /** `GPUBufferUsage` and its like, which a browser has as globals. */
  export const globals: Readonly<Record<string, unknown>>;
}

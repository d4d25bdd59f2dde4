/** Types of vulkan-environment.mjs, which also runs without a build. */
export function vulkanEnvironment(): Record<string, string>;

/** What a process needs in its environment, from its start, so that Dawn finds a Vulkan driver. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * On Linux, Dawn needs the Vulkan loader and a driver. Where the system has none, the ones that ship with Chromium serve; a system's own
 * drivers, hardware first, keep precedence because Chromium's is only added to the loader's list.
 */
export function vulkanEnvironment() {
  if (process.platform !== 'linux') return {};
  const environment = {};
  const browser = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    '/opt/microsoft/msedge',
  ].find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
  if (!browser) return environment;
  const libraryFolders = [
    '/usr/lib',
    '/usr/lib64',
    '/usr/local/lib',
    '/lib',
    ...['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu`),
  ];
  const hasLoader = libraryFolders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
  if (!hasLoader && existsSync(join(browser, 'libvulkan.so.1'))) {
    environment.LD_LIBRARY_PATH = [process.env.LD_LIBRARY_PATH, browser].filter(Boolean).join(delimiter);
  }
  if (!process.env.VK_DRIVER_FILES && !process.env.VK_ICD_FILENAMES) {
    const added = [process.env.VK_ADD_DRIVER_FILES, join(browser, 'vk_swiftshader_icd.json')];
    environment.VK_ADD_DRIVER_FILES = added.filter(Boolean).join(delimiter);
  }
  return environment;
}

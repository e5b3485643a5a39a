/** @module Debian's chromium -> an environment in which WebGPU computes on its software, SwiftShader, in place of a graphics card. */
import { existsSync } from 'node:fs';

const folder = '/usr/lib/chromium';
const driver = `${folder}/vk_swiftshader_icd.json`;

/** Why tests of WebGPU are skipped; `undefined` where they can run. */
export const withoutSwiftShader =
  process.platform === 'linux' && existsSync(driver)
    ? undefined
    : `there is no ${driver}, which Debian's package chromium brings`;

export const swiftShader: NodeJS.ProcessEnv = {
  ...process.env,
  LD_LIBRARY_PATH: folder,
  VK_DRIVER_FILES: driver,
  VK_ICD_FILENAMES: driver,
};

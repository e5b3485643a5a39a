/** @module The devices that networks can be computed on, by the names of onnxruntime's execution providers. */

export const devices = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];

/** A device, or `auto` for the best that is there. */
export type DeviceChoice = Device | 'auto';
export const deviceChoices: readonly DeviceChoice[] = [...devices, 'auto'];

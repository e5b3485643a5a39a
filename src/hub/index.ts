/** @module The door of the hub room: a reference to a model hub -> files in the cache. */
export { type FetchedNetwork, fetchFromHub, type HubOptions } from './fetch.ts';
export { isHubReference } from './reference.ts';

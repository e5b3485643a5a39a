/** @module The door of the server room: a model and settings in -> an HTTP service that does not listen yet. */
export { type Settings, settingsSchema } from './options.ts';
export { buildServer, type OnesheetServer, type ServerOptions } from './server.ts';

/** @module The door of the server room: a model and settings in -> an HTTP service that does not listen yet. */
import { silenceTelemetry } from '../graph/index.ts';

export { type Settings, settingsSchema } from './options.ts';
export { buildServer, type OnesheetServer, type ServerOptions } from './server.ts';

// At once, so that threads which a program starts later are silent too.
silenceTelemetry();

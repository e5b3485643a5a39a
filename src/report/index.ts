/** @module The door of the report room: a run's folder -> curves, diagnosis, gallery: `report.html` and `report.md`, in a language, and as PDF. */
export { type Chart, colours, drawChart } from './chart.ts';
export { type DiagnosisFacts, diagnose } from './diagnosis.ts';
export { type Language, languages } from './format.ts';
export type { Attribute, Spoken } from './gallery.ts';
export type { MaterialOptions } from './material.ts';
export type { ValidationSize } from './precisionChanges.ts';
export { describeWritten, type ReportOptions, type WrittenReport, writeReport } from './report.ts';
export type { Statement, StatementKind } from './statement.ts';

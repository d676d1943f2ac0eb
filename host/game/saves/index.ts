/**
 * Saved games: folders, headers and pictures. Everything is read only, except by `exportScreenshots`.
 *
 * @packageDocumentation
 */
export { type ExportedScreenshots, exportScreenshots } from "./export-screenshots.js";
export { findSavesFolders } from "./find-saves-folders.js";
export { listSaves } from "./list-saves.js";
export { readSave, readScreenshot } from "./read-save.js";
export type { BrokenSave, ListedSave, Save, SaveFile, SaveHeader, Screenshot, ScreenshotSize } from "./save.js";
export { SaveError } from "./save-error.js";
export type { SavesSearch } from "./saves-places.js";
export { screenshotPng } from "./screenshot-png.js";

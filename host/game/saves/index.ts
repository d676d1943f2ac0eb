/**
 * Saved games: folders, headers and pictures. Everything is read only, except by `exportScreenshots`.
 *
 * @packageDocumentation
 */
export { listSaves } from "./list-saves.js";
export { readSave, readScreenshot, type SaveReading } from "./read-save.js";
export {
    type BrokenSave,
    type ListedSave,
    type Save,
    SaveError,
    type SaveFile,
    type SaveHeader,
    type Screenshot,
    type ScreenshotSize,
} from "./save.js";
export { findSavesFolders, type SavesSearch } from "./saves-folders.js";
export { type ExportedScreenshots, exportScreenshots, screenshotPng } from "./screenshots.js";

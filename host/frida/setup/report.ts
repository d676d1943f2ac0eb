/** Told what a long step is doing, one line at a time, for a person to read. */
export type Report = (line: string) => void;

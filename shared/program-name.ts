/** The name by which a program is asked for: case does not matter, `.exe` may be left out. */
export function bareProgramName(fileName: string): string {
    return fileName.toLowerCase().replace(/\.exe$/, "");
}

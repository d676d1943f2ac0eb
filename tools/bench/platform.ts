/** The platforms that the benchmark measures, in this order. */
export const platforms = ["linux-x64", "linux-i386", "win32"] as const;

export type Platform = (typeof platforms)[number];

/** Their titles in tables. */
export const platformTitles: Record<Platform, string> = {
    "linux-x64": "Linux x64",
    "linux-i386": "Linux i386",
    win32: "Win32 under Wine",
};

/** The kinds of program that the benchmark measures, in the order in which it does. */
export const targetNames = ["linux-x64", "linux-i386", "win32"] as const;

export type TargetName = (typeof targetNames)[number];

/** How people are told of them. */
export const targetTitles: Record<TargetName, string> = {
    "linux-x64": "Linux x64",
    "linux-i386": "Linux i386",
    win32: "Win32 under Wine",
};

import type { MadeUpSave } from "./generate-results.js";

/** A player's name that runs scripts if a page treats it as markup. */
export const hostileName = `"><img src=x onerror="alert('name')"></script><script>alert("name")</script><b>&amp;`;
export const hostilePlace = "Vault \u202e21</td><svg onload=alert(1)> `${alert(2)}`";

const usual: MadeUpSave = {
    file: "Save 1.fos",
    verdict: "passed",
    player: "Mercer",
    location: "Goodsprings",
    reasons: [],
    samples: 600,
    peakShare: 0.4,
    fallbackShare: 0,
    loadSeconds: 9.4,
    hasCallers: false,
};

/** A save for each verdict, and one with markup in its texts. */
export const variedRun: readonly MadeUpSave[] = [
    { ...usual, file: "Save 12 Goodsprings.fos", hasCallers: true },
    { ...usual, file: "Save 13 The Strip.fos", location: "The Strip", peakShare: 0.62, loadSeconds: 14.2 },
    {
        ...usual,
        file: "Save 14 Freeside.fos",
        verdict: "failed",
        location: "Freeside",
        peakShare: 0.964,
        fallbackShare: 0.0213,
        loadSeconds: 16.8,
        reasons: ['usage.below("90%"): 96.4 % at 71.2 s', "fallback.below(0.001): 0.0213"],
        hasCallers: true,
    },
    {
        ...usual,
        file: "Save 15 Camp McCarran.fos",
        verdict: "crashed",
        location: "Camp McCarran",
        samples: 220,
        peakShare: 0.81,
        fallbackShare: 0.000004,
        reasons: ["0xC0000005 (access violation) at 0x00ECD1C7 in FalloutNV.exe, 31.0 s after it was loaded"],
    },
    {
        ...usual,
        file: "Save 16 Hoover Dam.fos",
        verdict: "hung",
        location: "Hoover Dam",
        samples: 300,
        peakShare: 0.55,
        reasons: ["no frame for 60 s"],
    },
    {
        ...usual,
        file: "Save 17 Nellis.fos",
        verdict: "not_loaded",
        location: "Nellis Air Force Base",
        samples: 90,
        peakShare: 0.12,
        loadSeconds: null,
        reasons: ["the game did not load it within 120 s"],
    },
    {
        ...usual,
        file: "quicksave.fos",
        verdict: "unreadable",
        samples: 0,
        loadSeconds: null,
        reasons: ["it ends in the middle of its picture"],
    },
    { ...usual, file: `Save <b>18</b> "quoted".fos`, player: hostileName, location: hostilePlace, peakShare: 0.44 },
];

/** The same saves in an earlier run: some were better, one is missing. */
export const earlierRun: readonly MadeUpSave[] = variedRun
    .filter(({ file }) => file !== "quicksave.fos")
    .map((save) => {
        if (save.verdict === "crashed") return { ...save, verdict: "passed", reasons: [], peakShare: 0.7 };
        if (save.verdict === "failed") return { ...save, fallbackShare: 0.0004, peakShare: 0.9 };
        return save.file.includes("Strip") ? { ...save, loadSeconds: 22 } : save;
    });

/** A large run. */
export function longNight(saves: number, samples: number): MadeUpSave[] {
    return Array.from({ length: saves }, (_, index) => ({
        ...usual,
        file: `Save ${index + 1} somewhere.fos`,
        location: ["Goodsprings", "Primm", "Novac", "Freeside", "Jacobstown"][index % 5]!,
        samples,
        peakShare: 0.2 + (index % 70) / 100,
        ...(index % 40 === 7
            ? { verdict: "failed" as const, fallbackShare: 0.01, reasons: ["fallback.below(0.001): 0.0100"] }
            : {}),
    }));
}

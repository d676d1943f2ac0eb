import { dirname, join } from "node:path";

import { LAUNCH_LOG } from "../deploy/launcher/launched.js";
import { MANIFEST, readManifest } from "../deploy/manifest.js";
import { examinationDocument } from "../doctor/examination-document.js";
import { examine, type ExamineOptions, type ToExamine } from "../doctor/examine.js";
import { findRunning } from "../doctor/running-program.js";
import { UserError } from "../errors.js";
import type { FoundGame } from "../game/found-game.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import { configurationParts, unquoted } from "./configuration-parts.js";
import { launchLogPart, POOL_LOG, poolLogPart } from "./log-parts.js";
import { type Person, thisPerson } from "./redact.js";
import { poolParts } from "./pool-parts.js";
import { documentPart, type SupportPart } from "./support-part.js";
import { systemDocument } from "./system-document.js";
import { withoutNames } from "./without-names.js";

/** What goes into a support bundle. Every field has a default. */
export interface CollectOptions extends ExamineOptions {
    /** Leave the names of the person and of their machine as they are; default false. */
    readonly keepNames?: boolean | undefined;
    /** Who that is; default: whoever runs this. */
    readonly person?: Person | undefined;
}

/**
 * Gathers what somebody who helps wants to see: this system, the findings of doctor, the configuration, the ends of the
 * logs and, of a program that runs, the statistics of its pool. Changes nothing and writes nothing.
 *
 * @throws UserError NO_GAME for a folder that is named and has no game; NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function collectSupport(wanted: ToExamine & CollectOptions): Promise<SupportPart[]> {
    const running = wanted.process === undefined ? null : await findRunning(wanted.process, wanted.engine);
    const examination = await examine(wanted);
    const game = running?.game ?? examination.game;
    const findings = wanted.config === undefined ? unquoted(examination.findings, game) : examination.findings;
    const pool = running === null ? [] : await poolParts(running, wanted);
    const parts = [
        documentPart("system.json", "this machine", systemDocument()),
        documentPart("doctor.json", "what poolnv doctor finds", examinationDocument({ ...examination, findings })),
        ...(await configurationParts(wanted.config, game)),
        ...pool,
        ...(game === null ? [] : gameParts(game, pool.some(isLog))),
    ];
    return wanted.keepNames
        ? parts
        : parts.map((part) => anonymous(part, wanted.person ?? thisPerson(wanted.search.env ?? {})));
}

/** What lies in the folder of the game, beside its configuration. */
function gameParts({ program }: FoundGame, hasLog: boolean): SupportPart[] {
    const folder = dirname(program);
    const log = hasLog ? null : findIgnoringCase(folder, ["Data", "NVSE", "Plugins", "MemoryPool_Debug.log"]);
    return [
        log === null ? null : poolLogPart(log),
        launchLogPart(join(folder, LAUNCH_LOG)),
        deployedPart(folder),
    ].filter((part) => part !== null);
}

/** What deploy has noted there; what can't be its note is left out. */
function deployedPart(folder: string): SupportPart | null {
    try {
        const manifest = readManifest(folder);
        return manifest === null ? null : documentPart(MANIFEST, join(folder, MANIFEST), manifest);
    } catch (error) {
        if (error instanceof UserError) return null;
        throw error;
    }
}

function isLog({ name }: SupportPart): boolean {
    return name === POOL_LOG;
}

function anonymous(part: SupportPart, person: Person): SupportPart {
    return { name: part.name, source: part.source, text: withoutNames(part.text, person) };
}

import { arch, cpus, release, totalmem, version } from "node:os";
import { dirname, join } from "node:path";
import type { Game } from "../../shared/games/game.js";
import { launchLogName } from "../deploy/launcher/launcher-input.js";
import { manifestName, readManifest } from "../deploy/manifest.js";
import { examinationDocument, examine, type ExamineOptions, type ToExamine } from "../doctor/examine.js";
import { findRunning } from "../doctor/find-running.js";
import { UserError } from "../errors.js";
import type { FoundGame } from "../game/found-game.js";
import { packageVersion } from "../package-version.js";
import { findIgnoringCase } from "../process/find-ignoring-case.js";
import { documentPart, type SupportPart } from "./bundle.js";
import { configurationParts, unquoted } from "./configuration-parts.js";
import { launchLogPart, poolLogName, poolLogPart } from "./log-parts.js";
import { poolParts } from "./pool-parts.js";
import { currentIdentity, type Identity, redact } from "./redact.js";

/** What to put into a support bundle. Every field has a default. */
export interface CollectOptions extends ExamineOptions {
    /** Leave the names of the user and the machine as they are; default false. */
    readonly keepNames?: boolean | undefined;
    /** Names to replace; default: those of the current user and machine. */
    readonly identity?: Identity | undefined;
}

/**
 * Collects what is needed to help a user: the system, doctor's findings, the configuration, the ends of the logs, and the
 * statistics of a running program's pool. Changes nothing and writes nothing.
 *
 * @throws UserError NO_GAME for a folder that is named and has no game; NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function collectSupport(wanted: ToExamine & CollectOptions): Promise<SupportPart[]> {
    const running =
        wanted.process === undefined ? null : await findRunning(wanted.process, wanted.engine, wanted.search.profiles);
    const examination = await examine(wanted);
    const game = running?.game ?? examination.game;
    const findings =
        wanted.config === undefined
            ? unquoted(examination.findings, game, wanted.search.profiles)
            : examination.findings;
    const pool = running === null ? [] : await poolParts(running, wanted);
    const parts = [
        documentPart("system.json", "this machine", systemDocument()),
        documentPart("doctor.json", "the findings of poolnv doctor", examinationDocument({ ...examination, findings })),
        ...(await configurationParts(wanted.config, game, wanted.search.profiles)),
        ...pool,
        ...(game === null ? [] : gameParts(game, pool.some(isLog))),
    ];
    return wanted.keepNames
        ? parts
        : parts.map((part) => redacted(part, wanted.identity ?? currentIdentity(wanted.search.env ?? {})));
}

/** Logs and manifest in a game's folder. */
function gameParts({ program, game }: FoundGame, hasLog: boolean): SupportPart[] {
    const folder = dirname(program);
    const log = hasLog ? null : findIgnoringCase(folder, [...game.plugins, "MemoryPool_Debug.log"]);
    return [
        log === null ? null : poolLogPart(log),
        launchLogPart(join(folder, launchLogName)),
        deployedPart(folder, game),
    ].filter((part) => part !== null);
}

/** Deploy's manifest; null if it is none of ours. */
function deployedPart(folder: string, game: Game): SupportPart | null {
    try {
        const manifest = readManifest(folder, game);
        return manifest === null ? null : documentPart(manifestName, join(folder, manifestName), manifest);
    } catch (error) {
        if (error instanceof UserError) return null;
        throw error;
    }
}

function isLog({ name }: SupportPart): boolean {
    return name === poolLogName;
}

function redacted(part: SupportPart, identity: Identity): SupportPart {
    return { name: part.name, source: part.source, text: redact(part.text, identity) };
}

/** The machine, without names. Sizes in bytes. */
function systemDocument(): object {
    return {
        poolnv: packageVersion(),
        node: process.version,
        platform: process.platform,
        arch: arch(),
        system: `${release()}, ${version()}`,
        processor: cpus()[0]?.model ?? null,
        cores: cpus().length,
        memory: totalmem(),
    };
}

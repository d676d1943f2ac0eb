import type { CommandModule } from "yargs";

import { printable } from "../../../shared/printable.js";
import { UserError } from "../../errors.js";
import { collectSupport } from "../../support/collect.js";
import { bundleName, writeSupport } from "../../support/bundle.js";
import { confirm } from "../confirm.js";
import type { Context } from "../context.js";
import { type ExamineArguments, examineOptions, toExamine } from "../options/examine-options.js";
import { single } from "../options/resolve-settings.js";
import { supportDocument, supportLines } from "../render/support-report.js";
import { processPositional } from "../target.js";

interface SupportArguments extends ExamineArguments {
    output?: string | string[];
    "keep-names": boolean;
    force: boolean;
    yes: boolean;
}

/** `poolnv support`: what somebody who helps wants to see, in one file, shown before it is written. */
export function createSupportCommand(context: Context): CommandModule<object, SupportArguments> {
    return {
        command: "support [process]",
        describe: "put logs, settings, statistics and what doctor finds into one file",
        builder: (parser) =>
            parser
                .positional("process", { ...processPositional, demandOption: false })
                .options({ ...supportOptions, ...examineOptions })
                .example("$0 support", "of the game where it is found; shows what, and asks")
                .example("$0 support FalloutNV --yes", "with the pool of the running game, without asking")
                .example("$0 support --output for-a-friend.zip --keep-names", "as it is, names and all"),
        handler: async (args) => {
            const { output } = context;
            const file = single("output", args.output) ?? bundleName(new Date());
            if (file === "") throw new UserError("USAGE", "The name of the file is empty.", "Add: --output FILE");
            const parts = await collectSupport({ ...toExamine(args, context), keepNames: args["keep-names"] });
            output.print(...supportLines(parts, args["keep-names"]));
            if (!(await confirm(`Write ${printable(file)}?`, args.yes, context)))
                return output.print("Nothing was written.");
            const written = await writeSupport(file, parts, args.force);
            output.print(`Wrote ${printable(written)}`, "Look into it before you hand it on.");
            output.document(supportDocument(written, parts, args["keep-names"]));
        },
    };
}

const supportOptions = {
    output: {
        type: "string",
        requiresArg: true,
        describe: "zip file to write",
        defaultDescription: "poolnv-support-DATE-TIME.zip here",
    },
    "keep-names": {
        type: "boolean",
        default: false,
        describe: "leave home folders, user names and the machine's name as they are",
    },
    force: { type: "boolean", default: false, describe: "overwrite the file" },
    yes: { type: "boolean", default: false, describe: "do not ask" },
} as const;

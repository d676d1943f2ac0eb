import type { CommandModule, InferredOptionTypes } from "yargs";
import { printable } from "../../../shared/printable.js";
import { bundleName, writeSupport } from "../../support/bundle.js";
import { collectSupport } from "../../support/collect.js";
import { confirm, yesOption } from "../confirm.js";
import type { Context } from "../context.js";
import { type ExamineArguments, examineOptions, toExamine } from "../options/game-options.js";
import { withOptions } from "../options/shared-options.js";
import { flag, pathOption } from "../options/typed-options.js";
import { processPositional } from "../process-positional.js";
import { supportDocument, supportLines } from "../render/support-report.js";

type SupportArguments = ExamineArguments & InferredOptionTypes<typeof supportOptions>;

/** `poolnv support`: collects what a bug report needs in one file, and lists it before it is written. */
export function createSupportCommand(context: Context): CommandModule<object, SupportArguments> {
    return {
        command: "support [process]",
        describe: "collect logs, settings, statistics and findings in one file",
        builder: (parser) =>
            withOptions(parser.positional("process", { ...processPositional, demandOption: false }), "support", {
                ...supportOptions,
                ...examineOptions,
            })
                .example("$0 support", "about the game if it is found; lists the contents and asks")
                .example("$0 support FalloutNV --yes", "with the running game's pool, without asking")
                .example("$0 support --output bundle.zip --keep-names", "leave names as they are"),
        handler: async (args) => {
            const { output } = context;
            const { output: file = bundleName(new Date()), "keep-names": keepNames } = args;
            const parts = await collectSupport({ ...toExamine(args, context), keepNames });
            output.print(...supportLines(parts, keepNames));
            if (!(await confirm(`Write ${printable(file)}?`, args.yes, context))) {
                return output.print("Nothing was written.");
            }
            const written = await writeSupport(file, parts, args.force);
            output.print(`Wrote ${printable(written)}`, "Read it before you pass it on.");
            output.document(supportDocument(written, parts, keepNames));
        },
    };
}

const supportOptions = {
    output: pathOption("output", {
        describe: "zip file to write",
        usual: "poolnv-support-DATE-TIME.zip in the current folder",
        group: "Output:",
    }),
    "keep-names": flag("leave home folders, user names and the machine's name as they are", "Output:"),
    force: flag("overwrite the file", "Output:"),
    ...yesOption,
} as const;

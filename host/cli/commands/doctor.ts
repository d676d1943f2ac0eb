import type { CommandModule } from "yargs";

import { examinationDocument, examine } from "../../doctor/examine.js";
import { exitCodeOf } from "../../doctor/finding.js";
import type { Context } from "../context.js";
import { findingLines, summary } from "../render/doctor-report.js";
import { type ExamineArguments, examineOptions, toExamine } from "../options/examine-options.js";
import { processPositional } from "../target.js";

/** `poolnv doctor`: what keeps the main job from working here, and the mend for each thing. Changes nothing. */
export function createDoctorCommand(context: Context): CommandModule<object, ExamineArguments> {
    return {
        command: "doctor [process]",
        describe: "say what is wrong with this set-up, and the mend for each thing",
        builder: (parser) =>
            parser
                .positional("process", { ...processPositional, demandOption: false })
                .options(examineOptions)
                .example("$0 doctor", "this machine, and the game where it is found")
                .example('$0 doctor --game "D:\\Games\\Fallout New Vegas"', "the game in this folder")
                .example("$0 doctor FalloutNV --json", "the running game, for a script")
                .epilogue(
                    "Ends with 0 when nothing keeps the main job from working, else with the code it would end with.",
                ),
        handler: async (args) => {
            const { output } = context;
            const examination = await examine(toExamine(args, context));
            const { findings } = examination;
            output.print(...findingLines(findings, output.paint), "", summary(findings));
            output.document(examinationDocument(examination));
            context.exitCode = exitCodeOf(findings);
        },
    };
}

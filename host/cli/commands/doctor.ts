import type { CommandModule } from "yargs";
import { examinationDocument, examine } from "../../doctor/examine.js";
import { exitCodeOf } from "../../doctor/finding.js";
import type { Context } from "../context.js";
import { type ExamineArguments, examineOptions, toExamine } from "../options/game-options.js";
import { withOptions } from "../options/shared-options.js";
import { processPositional } from "../process-positional.js";
import { findingLines, summary } from "../render/doctor-report.js";

/** `poolnv doctor`: checks everything that an install depends on. Changes nothing. */
export function createDoctorCommand(context: Context): CommandModule<object, ExamineArguments> {
    return {
        command: "doctor [process]",
        describe: "check the installation and suggest fixes",
        builder: (parser) =>
            withOptions(
                parser.positional("process", { ...processPositional, demandOption: false }),
                "doctor",
                examineOptions,
            )
                .example("$0 doctor", "this machine, and the game if it is found")
                .example('$0 doctor --game "D:\\Games\\Fallout New Vegas"', "the game in this folder")
                .example("$0 doctor FalloutNV --json", "the running game, as JSON")
                .epilogue("Exits 0 if an install would succeed, else with the exit code that it would have."),
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

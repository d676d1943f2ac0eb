import type { CommandModule, InferredOptionTypes } from "yargs";
import type { Context } from "../context.js";
import { settingsOf } from "../options/resolve-settings.js";
import { engineOption, withOptions } from "../options/shared-options.js";

/** `poolnv setup`: prepares an engine; does nothing if it is ready. */
export function createSetupCommand(context: Context): CommandModule<object, InferredOptionTypes<typeof engineOption>> {
    const { output, services } = context;
    return {
        command: "setup",
        describe: "prepare an engine; safe to repeat and to interrupt",
        builder: (parser) =>
            withOptions(parser, "setup", engineOption)
                .example("$0 setup", "the engine that suits this machine")
                .example("$0 setup --engine wine", "for games run through Wine or Proton"),
        handler: async (args) => {
            const { engine = "auto" } = settingsOf(args);
            const engines = await services.setupEngine(engine, (line) => output.progress(line));
            for (const ready of engines) {
                const state = ready.changed ? "is ready" : "was ready already";
                output.print(`Engine ${ready.engine} ${state}: frida ${ready.version}, ${ready.path}`);
            }
            output.document({ engines });
        },
    };
}

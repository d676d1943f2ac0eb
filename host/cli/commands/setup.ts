import type { CommandModule } from "yargs";

import type { Context } from "../context.js";
import { readOptions } from "../options/resolve-settings.js";
import { engineOption } from "../options/shared-options.js";

interface SetupArguments {
    engine?: string | string[];
}

/** `poolnv setup`: prepares an engine; what is there already stays. */
export function createSetupCommand(context: Context): CommandModule<object, SetupArguments> {
    const { output, services } = context;
    return {
        command: "setup",
        describe: "prepare an engine; may be repeated and interrupted",
        builder: (parser) =>
            parser
                .options(engineOption)
                .example("$0 setup", "whatever suits this machine")
                .example("$0 setup --engine wine", "for games run through Wine or Proton"),
        handler: async (args) => {
            const { engine = "auto" } = readOptions(args);
            const engines = await services.setupEngine(engine, (line) => output.progress(line));
            for (const ready of engines) {
                const state = ready.changed ? "is ready" : "was ready already";
                output.print(`Engine ${ready.engine} ${state}: frida ${ready.version}, ${ready.path}`);
            }
            output.document({ engines });
        },
    };
}

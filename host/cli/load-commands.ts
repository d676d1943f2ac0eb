import type { CommandModule } from "yargs";
import type { Context } from "./context.js";

/** How each command is loaded, by its name, in the order of the help. */
export type CommandTable = Readonly<Record<string, (context: Context) => Promise<unknown>>>;

/** The commands of `poolnv`. Each is a file of its own under `commands/`. */
export const commands: CommandTable = {
    attach: async (context) => (await import("./commands/attach.js")).createAttachCommand(context),
    launch: async (context) => (await import("./commands/launch.js")).createLaunchCommand(context),
    exec: async (context) => (await import("./commands/exec.js")).createExecCommand(context),
    run: async (context) => (await import("./commands/run.js")).createRunCommand(context),
    watch: async (context) => (await import("./commands/watch.js")).createWatchCommand(context),
    top: async (context) => (await import("./commands/top.js")).createTopCommand(context),
    loadtest: async (context) => (await import("./commands/loadtest.js")).createLoadtestCommand(context),
    report: async (context) => (await import("./commands/report.js")).createReportCommand(context),
    saves: async (context) => (await import("./commands/saves.js")).createSavesCommand(context),
    config: async (context) => (await import("./commands/config.js")).createConfigCommand(context),
    doctor: async (context) => (await import("./commands/doctor.js")).createDoctorCommand(context),
    deploy: async (context) => (await import("./commands/deploy.js")).createDeployCommand(context),
    support: async (context) => (await import("./commands/support.js")).createSupportCommand(context),
    setup: async (context) => (await import("./commands/setup.js")).createSetupCommand(context),
    demo: async (context) => (await import("./commands/demo.js")).createDemoCommand(context),
};

/**
 * Loads only the commands that a command line may name, because loading all of them takes half a second.
 *
 * @returns all of them if the first word is not a command
 */
export async function loadCommands(argv: readonly string[], context: Context): Promise<CommandModule[]> {
    const names = Object.keys(commands);
    const first = argv.find((word) => !word.startsWith("-"));
    // The first word may be the value of an option; then the command is another one.
    const wanted = first !== undefined && names.includes(first) ? names.filter((name) => argv.includes(name)) : names;
    return (await Promise.all(wanted.map((name) => commands[name]!(context)))) as CommandModule[];
}

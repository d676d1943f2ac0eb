// @ts-check
// Who may import whom; `npm run check` applies it with dependency-cruiser. ARCHITECTURE.md says what each room holds.

/** Rooms of the host, the highest first: each may import those below it. */
const hostRooms = [
    "cli",
    "support",
    "deploy",
    "doctor",
    "loadtest",
    "demo",
    "monitor",
    "repl",
    "client",
    "game",
    "config",
    "frida",
    "modules",
    "process",
    "files",
    "text",
];

/**
 * @param {string} name
 * @param {string} comment
 * @param {string} from
 * @param {string} to
 */
function forbid(name, comment, from, to) {
    return { name, comment, severity: "error", from: { path: from }, to: { path: to } };
}

export default {
    forbidden: [
        {
            name: "no-cycles",
            comment: "files that import one another are one file, or one of them knows too much",
            severity: "error",
            from: {},
            to: { circular: true },
        },
        ...hostRooms
            .slice(1)
            .map((room, index) =>
                forbid(
                    `host-${room}`,
                    `host/${room} is imported by the rooms above it and must not know them`,
                    `^host/${room}/`,
                    `^host/(${hostRooms.slice(0, index + 1).join("|")})/`,
                ),
            ),
        forbid(
            "host-entry",
            "only programs import the package's entry",
            "^host/(?!cli/|index|bin)",
            "^host/(index|bin)\\.ts$",
        ),
        forbid("shared", "what agent and host share knows neither", "^shared/", "^(agent|host|test|tools)/"),
        forbid("agent", "an agent runs in the program and knows nothing of the host", "^agent/", "^(host|test|tools)/"),
        forbid(
            "agent-process",
            "the process is known without the pool's requests",
            "^agent/process/",
            "^agent/(install|requests|monitors)",
        ),
        forbid("agent-requests", "a session installs nothing", "^agent/requests/", "^agent/install/"),
        forbid("host", "the package ships without agents' sources, tests and tools", "^host/", "^(agent|test|tools)/"),
        forbid(
            "frida-only",
            "only host/frida knows Frida",
            "^(?!host/frida/|agent/|tools/|test/)",
            "node_modules/(frida|@types/frida-gum)/",
        ),
        forbid(
            "page",
            "the report's page runs in a browser",
            "^host/loadtest/report/page/",
            "^host/(?!loadtest/|monitor/plots/)|^(agent|test|tools)/",
        ),
    ],
    options: {
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.base.json" },
        doNotFollow: { path: "node_modules" },
        exclude: { path: "^dist/|^agent/generated/.*-source" },
    },
};

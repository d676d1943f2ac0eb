import type { CompileTarget } from "../../fixtures/prepare/compile.js";

/** How a command line of a document is run by the test of the documents. */
export interface Ran {
    /** Exit code; 0 where not given. */
    readonly code?: number;
    /** What standard output must have in it. */
    readonly shows: RegExp;
    /** What is to be there for it; nothing where not given. */
    readonly needs?: CompileTarget;
    /** Where it is run; default: a folder with the programs, scripts and settings that the documents speak of. */
    readonly where?: "in an empty folder" | "in the repository";
    /** Interrupted by Ctrl-C once it shows that. */
    readonly untilInterrupted?: true;
}

/** Why the test of the documents does not run it, and what does, if anything can. */
export interface NotRun {
    readonly reason: string;
    /** Files of tests. */
    readonly instead: readonly string[];
}

/** A process of the game is the stand-in's own program in these; the main job on it is the business of other suites. */
export const howItIsRun: Readonly<Record<string, Ran | NotRun>> = {
    "poolnv setup": { shows: /Engine python was ready already/, needs: "linux-x64" },
    "poolnv setup --engine python": { shows: /Engine python was ready already/, needs: "linux-x64" },
    "poolnv setup --engine wine": { shows: /Engine wine was ready already/, needs: "win32-msvcrt" },
    "poolnv attach worldsim": { shows: /worldsim \(pid \d+\) has its pool/, needs: "linux-x64" },
    "poolnv attach worldsim --detach": { shows: /has its pool already/, needs: "linux-x64" },
    "poolnv attach worldsim --config poolnv.ini": { shows: /has its pool already/, needs: "linux-x64" },
    "poolnv exec worldsim GetMemoryPoolUsage": { shows: /GetMemoryPoolUsage >> \d/, needs: "linux-x64" },
    "poolnv exec worldsim GetMemoryPoolStats": { shows: /GetMemoryPoolStats >> \d/, needs: "linux-x64" },
    "poolnv exec 4711 GetMemoryPoolStats --json": { shows: /"pool_allocs": \d/, needs: "linux-x64" },
    "poolnv run worldsim check.txt": { shows: /Pool: \d+\.\d\d MB used/, needs: "linux-x64" },
    "poolnv watch worldsim": { shows: /used \d+\.\d+ of \d+/, needs: "linux-x64", untilInterrupted: true },
    // It waits for orders, and asks for nothing.
    "poolnv top worldsim": {
        shows: /worldsim \(pid \d+\): \d+ samples, one call in 1,000, in 1\d\.\d s\.\n/,
        needs: "linux-x64",
    },
    "poolnv top FalloutNV --seconds 5 --limit 4": {
        reason: "a run of the stand-in of the game",
        instead: ["test/programs/sampling/on-programs.test.ts"],
    },
    "poolnv saves": { shows: /Saves: 1 save\n/ },
    "poolnv doctor": { shows: /the game is version 1\.4\.0\.525/, needs: "win32-msvcrt" },
    "poolnv doctor FalloutNV": { shows: /no pool installed; to install it, run: poolnv attach/, needs: "linux-x64" },
    "poolnv attach FalloutNV": { shows: /FalloutNV-\d+ \(pid \d+\) has its pool/, needs: "linux-x64" },
    "poolnv attach FalloutNV --wait 300 --detach": {
        reason: "waits for a game that starts later",
        instead: ["test/game/windows-host/launcher.test.ts", "test/unit/attach-wait.test.ts"],
    },
    "poolnv watch FalloutNV": { shows: /used \d+\.\d+ of \d+/, needs: "linux-x64", untilInterrupted: true },
    "poolnv deploy": { shows: /poolnv-launch\.sh/, code: 2 }, // there is no terminal to ask on
    "poolnv deploy --yes": { shows: /Start the game with: .*poolnv-launch\.sh/ },
    "poolnv support": { shows: /doctor\.json/, code: 2 },
    "poolnv support worldsim --yes": { shows: /Wrote .*poolnv-support-.*\.zip/, needs: "linux-x64" },
    "poolnv config --init": { shows: /Wrote .*poolnv\.ini/, where: "in an empty folder" },
    "poolnv config --config poolnv.ini": { shows: /pool_size_mb +512 MB +poolnv\.ini:2/ },
    "poolnv demo": { shows: /allocations served by the pool/, needs: "linux-x64" },
    "poolnv attach town --config poolnv.ini < commands": {
        shows: /town \(pid \d+\) has its pool\.\n[^]*pool +512 MB[^]*IsMemoryPoolActive >> 1[^]*ResetMemoryPool >> \d/,
        needs: "linux-x64",
    },
    "poolnv saves /tmp/poolnv-doc/Saves --screenshots /tmp/poolnv-doc/pictures": { shows: /Pictures written to / },
    'poolnv doctor --game "/tmp/poolnv-doc/Fallout New Vegas"': {
        shows: /the game is in .*\(named\)/,
        needs: "win32-msvcrt",
    },
    // What they start goes on for a while, and then there are two of that name.
    "poolnv launch -- worldsim.exe": { shows: /worldsim\.exe \(pid \d+\) has its pool/, needs: "win32-msvcrt" },
    "poolnv launch -- worldsim.exe < commands": {
        shows: /worldsim\.exe \(pid \d+\) has its pool\.\n[^]*IsMemoryPoolActive >> 1/,
        needs: "win32-msvcrt",
    },
    "poolnv launch --cwd Saves --detach -- worldsim.exe": {
        shows: /worldsim\.exe \(pid \d+\) has its pool/,
        needs: "win32-msvcrt",
    },
    "npm run build": { shows: /node tools\/bootstrap\.mjs/, where: "in the repository" },
    "poolnv loadtest saves": {
        reason: "starts the game, for a minute and more",
        instead: ["test/game/loadtest/on-the-game.test.ts", "test/package/tarball/from-an-empty-folder.test.ts"],
    },
    [`poolnv loadtest saves --soak 8 --hang-limit 4 --pool-size 64 --report page.html --junit verdicts.xml --program ./FalloutNV.exe -- --saves 'Z:\\tmp\\poolnv-doc\\saves' --load-factor 16 --crashes-by "Save 3" --hangs-by "Save 4"`]:
        { reason: "a run of the stand-in of the game", instead: ["test/game/loadtest/on-the-game.test.ts"] },
    [`poolnv loadtest saves --soak 5 --pool-size 64 --shard 1/2 --results 1.jsonl --program ./FalloutNV.exe -- --saves 'Z:\\tmp\\poolnv-doc\\saves'`]:
        { reason: "a run of the stand-in of the game", instead: ["test/game/loadtest/on-the-game.test.ts"] },
    "poolnv report html all.jsonl -o page.html": {
        reason: "takes the results of a load test",
        instead: ["test/game/report/report-command.test.ts"],
    },
    "poolnv report merge 1.jsonl 2.jsonl -o all.jsonl": {
        reason: "takes the results of a load test",
        instead: ["test/game/loadtest/command.test.ts"],
    },
    "poolnv launch -- FalloutNV.exe": { reason: "takes the game", instead: ["test/game/falloutnv/launch.test.ts"] },
    "poolnv run FalloutNV check.txt --print-in-game on": {
        reason: "takes a game with a console",
        instead: ["test/game/falloutnv/print-in-game.test.ts"],
    },
    "poolnv launch --layers crt,gameheap,scrapheap --extra-patches on -- FalloutNV.exe": {
        reason: "takes a game with heaps of its own",
        instead: ["test/game/falloutnv/extra-patches.test.ts"],
    },
    "npm pack": { reason: "done with the tarball put elsewhere", instead: ["test/package/tarball/packed.ts"] },
    "npm install -g poolnv-0.1.0.tgz": {
        reason: "done in an empty folder, without -g",
        instead: ["test/package/tarball/from-an-empty-folder.test.ts"],
    },
    "npm test": { reason: "it is what runs this", instead: ["test/runner/run.ts"] },
    "npm run test:rest": { reason: "as npm test", instead: ["test/runner/run.ts"] },
    "npm run test:all": { reason: "as npm test", instead: ["test/runner/run.ts"] },
    "npm test -- package": { reason: "as npm test", instead: ["test/runner/run.ts"] },
    "npm test -- documents": { reason: "it is what runs this", instead: ["test/runner/run.ts"] },
    "npm run test:windows": {
        reason: "takes Windows; under Wine a test runs its script",
        instead: ["test/game/windows-host/windows-job.test.ts"],
    },
    "npm run bench": { reason: "takes half an hour", instead: ["test/programs/bench/bench.test.ts"] },
    "npm run bench:installation": {
        reason: "takes a quarter of an hour",
        instead: ["test/safety/frida-has-left.test.ts"],
    },
    "npm run bench -- --quick": {
        reason: "compares allocators that are fetched",
        instead: ["test/programs/bench/bench.test.ts"],
    },
    "npm run test:stress": { reason: "takes hours", instead: ["test/safety/short-forms.ts"] },
    "npm run test:stress -- host-killed --on linux-x64 --scale 0.1": {
        reason: "takes many minutes",
        instead: ["test/safety/short-forms.ts"],
    },
    "npm run test:stress -- fuzz --on linux-x64 --scale 0.01": {
        reason: "takes minutes",
        instead: ["test/safety/short-forms.ts"],
    },
    "npm run check": { reason: "runs suites itself; a workflow runs it", instead: [".github/workflows/check.yml"] },
    "npm run format": {
        reason: "writes into the repository; check looks at the same",
        instead: ["tools/check.mjs"],
    },
    "npm run docs": {
        reason: "writes into the repository; its check is run",
        instead: ["test/package/documents/form.test.ts"],
    },
    "npm run interface": {
        reason: "writes into the repository; its check is run",
        instead: ["test/package/documents/interface.test.ts"],
    },
    "npm run reference": {
        reason: "done with the pages put elsewhere",
        instead: ["test/package/documents/interface.test.ts"],
    },
};

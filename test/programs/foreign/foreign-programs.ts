import { fileURLToPath } from "node:url";
import { findOnPath } from "../../../host/process/find-program.js";
import { windowsPath } from "../../../host/process/wine.js";
import { readEnvironments } from "../../fixtures/prepare/environments.js";

/** A program of another project, with work for it. */
export interface ForeignProgram {
    name: string;
    /** What a skipped test prints, or null. */
    missing: string | null;
    /** The exit code of success, which no failure has. */
    exitCode: number;
    /** Environment for its runs and for the command line that launches it. */
    env: Record<string, string>;
    /** What a user puts before the command to start it without the pool: Wine, or nothing. */
    starter: string[];
    /**
     * Program and arguments. It writes its results to `output`, creates `output`.done, waits until `output`.leave is
     * there, and ends with `exitCode`.
     */
    command(output: string): string[];
}

/** Exit code of every program's work. */
const ownExitCode = 7;

/** With it Python allocates its small objects by malloc, too. */
const everythingFromMalloc = { PYTHONMALLOC: "malloc", PYTHONDONTWRITEBYTECODE: "1" };

/** The Python that poolnv's own environment is made with. */
export function python(): ForeignProgram {
    const { python } = readEnvironments();
    return {
        name: "python3",
        missing: python.ready ? null : `${python.reason} (${python.resolution})`,
        exitCode: ownExitCode,
        env: everythingFromMalloc,
        starter: [],
        command: (output) => [python.ready ? python.python : "", workFile("computation.py"), output],
    };
}

/** 32-bit Windows Python under Wine. */
export function windowsPython(): ForeignProgram {
    const { wine } = readEnvironments();
    const facts = wine.ready ? wine : { wine: "", prefix: "", windowsPython: "" };
    return {
        name: "32-bit Windows Python",
        missing: wine.ready ? null : `${wine.reason} (${wine.resolution})`,
        exitCode: ownExitCode,
        env: { ...everythingFromMalloc, POOLNV_WINE: facts.wine, WINEPREFIX: facts.prefix, WINEDEBUG: "-all" },
        starter: [facts.wine],
        command: (output) => [
            `${facts.windowsPython}/python.exe`,
            windowsPath(workFile("computation.py")),
            windowsPath(output),
        ],
    };
}

/** The system's Perl. The seed fixes the order of its hashes. */
export function perl(): ForeignProgram {
    const program = findOnPath("perl");
    return {
        name: "perl",
        missing: program === null ? "there is no perl on the PATH (apt-get install perl)" : null,
        exitCode: ownExitCode,
        env: { PERL_HASH_SEED: "0" },
        starter: [],
        command: (output) => [program ?? "", workFile("text.pl"), output],
    };
}

/** The system's SQLite shell. */
export function sqlite(): ForeignProgram {
    const program = findOnPath("sqlite3");
    return {
        name: "sqlite3",
        missing: program === null ? "there is no sqlite3 on the PATH (apt-get install sqlite3)" : null,
        exitCode: ownExitCode,
        env: {},
        starter: [],
        command: (output) => [program ?? "", "-batch", "-init", "/dev/null", ":memory:", ...statements(output)],
    };
}

/** Each argument is a statement or a command of the shell. */
function statements(output: string): string[] {
    const row = "abs(n * 2654435761 % 1000003)";
    const series = (last: number): string =>
        `with recursive c(n) as (select 1 union all select n + 1 from c where n < ${last})`;
    return [
        "pragma temp_store = memory",
        "create table person (id integer primary key, name text, town integer, born integer)",
        "create table town (id integer primary key, name text unique)",
        "create table trade (id integer primary key, seller integer, buyer integer, price real, goods text)",
        `${series(500)} insert into town select n, 'town ' || hex(n * 7919) from c`,
        `${series(15000)} insert into person select n, printf('%x-%s', ${row}, n), ${row} % 500 + 1, 1900 + n % 99 from c`,
        `${series(40000)} insert into trade
            select n, ${row} % 15000 + 1, n * 7 % 15000 + 1, ${row} / 100.0, 'goods ' || n % 321 from c`,
        "create index trade_seller on trade (seller, price)",
        "create index person_name on person (name collate nocase)",
        `.output ${output}`,
        `select town.name, count(*), round(sum(price), 2), group_concat(distinct goods) from trade
            join person on person.id = seller join town on town.id = person.town
            group by town.id order by 3 desc, 1`,
        `select name, price, rank() over (partition by town order by price desc) as place from person
            join trade on buyer = person.id where goods like '%7' order by town, place, name, price limit 3000`,
        "update person set name = upper(name) || '!' where born % 3 = 0",
        "delete from trade where goods in (select goods from trade group by goods having count(*) % 2 = 0)",
        "select name from person where name > '8' order by name collate nocase, id limit 2000",
        "select json_group_array(json_object('id', id, 'goods', goods, 'price', price)) from trade where id % 10 = 1",
        "vacuum",
        "pragma integrity_check",
        ".output",
        `.shell touch '${output}.done'; until [ -e '${output}.leave' ]; do sleep 0.05; done`,
        `.exit ${ownExitCode}`,
    ];
}

/** Path of a file in `work`. */
export function workFile(name: string): string {
    return fileURLToPath(new URL(`../../../../test/programs/foreign/work/${name}`, import.meta.url));
}

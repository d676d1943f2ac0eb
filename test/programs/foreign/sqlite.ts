import { type ForeignProgram, onPath, ownExitCode } from "./foreign-program.js";

/** The system's SQLite shell. */
export function sqlite(): ForeignProgram {
    const program = onPath("sqlite3");
    return {
        name: "sqlite3",
        missing: program === null ? "there is no sqlite3 on the PATH (apt-get install sqlite3)" : null,
        exitCode: ownExitCode,
        env: {},
        starter: [],
        command: (output) => [program ?? "", "-batch", "-init", "/dev/null", ":memory:", ...work(output)],
    };
}

/** Each argument is a statement or an order of the shell. */
function work(output: string): string[] {
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

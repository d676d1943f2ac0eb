import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parseConfig } from "../../host/config/config-file.js";
import { poolDefaults } from "../../host/config/pool-options.js";
import { checkSetting, describeDefault, rowOf, type SettingName, settingNames } from "../../host/config/settings.js";
import { joinSettings } from "../../host/config/settings-in-force.js";
import { writeTemplate } from "../../host/config/template.js";
import { toPoolOptions } from "../../host/config/to-pool-options.js";

describe("a written configuration file", () => {
    const text = writeTemplate();

    it("a written configuration file sets exactly the defaults", () => {
        const { settings } = parseConfig(text, "poolnv.ini");
        const defaults = settingNames.map((name) => [name, rowOf(name).default] as const);
        assert.deepEqual(settings, Object.fromEntries(defaults.filter(([, value]) => value !== null)));
        assert.deepEqual(toPoolOptions(settings), poolDefaults);
        assert.doesNotThrow(() => joinSettings(parseConfig(text, "poolnv.ini"), {}));
    });

    it("a written configuration file sets the defaults with CRLF, too", () => {
        const windows = parseConfig(text.replaceAll("\n", "\r\n"), "poolnv.ini");
        assert.deepEqual(windows, parseConfig(text, "poolnv.ini"));
    });

    it("a written configuration file has every setting once, with unit, range and default", () => {
        for (const name of settingNames) {
            const { kind } = rowOf(name);
            const [facts = "", ...more] = [...text.matchAll(new RegExp(`^(; .*)\\n;?${name} =`, "gm"))].map(
                ([, above]) => above ?? "",
            );
            assert.deepEqual(more, []);
            assert.ok(facts.includes(`: ${kind.accepts}. Default: ${describeDefault(rowOf(name))}.`), facts);
            assert.equal(facts.includes(`Unit: ${kind.unit}.`), kind.unit !== null);
        }
    });

    it("a written configuration file has lines of at most 100 characters", () => {
        for (const line of text.split("\n")) assert.ok(line.length <= 96, line);
    });
});

describe("the table of settings", () => {
    it("every default of the setting table is valid", () => {
        for (const name of settingNames) {
            const { default: value } = rowOf(name);
            if (value !== null) assert.deepEqual(checkSetting(name, String(value)), { settings: { [name]: value } });
        }
    });

    it("every row of the setting table reaches the pool options, except those about saves", () => {
        for (const name of settingNames.filter((one) => rowOf(one).section !== "saves")) {
            assert.notDeepEqual(toPoolOptions({ [name]: otherThanDefault(name) }), {}, name);
        }
    });

    it("every number of the setting table has its unit in its name", () => {
        for (const name of settingNames) {
            const { unit } = rowOf(name).kind;
            if (unit !== null) assert.ok(name.endsWith(unit === "MB" ? "_mb" : "_s"), name);
        }
    });

    it("is what docs/configuration.md says", () => {
        const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
        const about = new Map(page.split(/^### /m).map((part) => [/^`(\w+)`/.exec(part)?.[1], part.split("\n")]));
        for (const name of settingNames) {
            const { section, kind, option } = rowOf(name);
            const lines = about.get(name) ?? [];
            for (const fact of [
                `- Section: \`[${section}]\``,
                ...(option === undefined ? [] : [`- Option: \`--${option}\``]),
                `- Accepts: ${kind.accepts}${kind.unit === null ? "" : ` ${kind.unit}`}`,
                `- Default: ${describeDefault(rowOf(name))}`,
            ]) {
                assert.ok(lines.includes(fact), `${name}: ${fact}`);
            }
        }
    });
});

function otherThanDefault(name: SettingName): string | number {
    return rowOf(name).kind.unit === null ? "x" : 7;
}

import js from "@eslint/js";
import importSort from "eslint-plugin-simple-import-sort";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "node_modules/", "agent/generated/*-source.ts"] },
    js.configs.recommended,
    {
        plugins: { "simple-import-sort": importSort },
        rules: {
            curly: ["error", "multi-line", "consistent"],
            // Built-in modules, packages, then our own files, without blank lines between.
            "simple-import-sort/imports": [
                "error",
                { groups: [["^\\u0000", "^node:", "^@?\\w", "^\\.\\./", "^\\./"]] },
            ],
        },
    },
    {
        files: ["**/*.ts"],
        extends: [...tseslint.configs.recommendedTypeChecked],
        languageOptions: { parserOptions: { projectService: true } },
        rules: {
            "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
            "@typescript-eslint/naming-convention": [
                "error",
                { selector: "variable", modifiers: ["destructured"], format: null },
                // A namespace of numbers, and variables named as the JSON fields that they become.
                { selector: "variable", filter: { regex: "^(ExitCode|[a-z]+(_[a-z]+)+)$", match: true }, format: null },
                { selector: "variable", format: ["camelCase"] },
                { selector: "function", format: ["camelCase"] },
                { selector: "typeLike", format: ["PascalCase"] },
            ],
            "@typescript-eslint/no-floating-promises": "error",
            // Only what is always true or always false: a method that was not called, an object that is never missing.
            "@typescript-eslint/strict-boolean-expressions": [
                "error",
                {
                    allowString: true,
                    allowNumber: true,
                    allowNullableObject: true,
                    allowNullableBoolean: true,
                    allowNullableString: true,
                    allowNullableNumber: true,
                    allowNullableEnum: true,
                    allowAny: true,
                },
            ],
            "@typescript-eslint/switch-exhaustiveness-check": "error",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "@typescript-eslint/require-await": "off",
        },
    },
    {
        // On Windows a virus scanner holds new files open for a moment.
        files: ["host/**/*.ts"],
        ignores: ["host/files/change-files.ts", "host/**/page/*.ts"],
        rules: {
            "no-restricted-imports": [
                "error",
                ...["node:fs", "node:fs/promises"].map((name) => ({
                    name,
                    importNames: [
                        "default",
                        "promises",
                        ...["rename", "rm", "rmdir", "unlink"].flatMap((change) => [change, `${change}Sync`]),
                    ],
                    message: "Rename and remove with host/files/change-files.ts, which tries again on Windows.",
                })),
            ],
        },
    },
    {
        files: ["test/**/*.ts"],
        rules: { "@typescript-eslint/no-floating-promises": "off" },
    },
    {
        files: ["**/*.mjs", "*.js"],
        languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly", Buffer: "readonly" } },
    },
);

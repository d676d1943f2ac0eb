import type { InitializeHook, ResolveHook } from "node:module";

/** Hooks of Node's module loader, which runs this file in a thread of its own. */
let index = "";

export const initialize: InitializeHook<string> = (url) => {
    index = url;
};

export const resolve: ResolveHook = (specifier, context, nextResolve) =>
    specifier === "poolnv" ? { url: index, format: "module", shortCircuit: true } : nextResolve(specifier, context);

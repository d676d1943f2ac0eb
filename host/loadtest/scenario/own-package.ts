import type { InitializeHook, ResolveHook } from "node:module";

/** Hooks of Node's loader, which runs them in a thread of their own. */
let index = "";

export const initialize: InitializeHook<string> = (url) => {
    index = url;
};

export const resolve: ResolveHook = (specifier, context, nextResolve) =>
    specifier === "poolnv" ? { url: index, format: "module", shortCircuit: true } : nextResolve(specifier, context);

import type { ResolveHook } from "node:module";

/**
 * A hook of Node's module loader, which runs it in a thread of its own: resolves `poolnv` and its subpaths as if this
 * package imported them itself.
 */
export const resolve: ResolveHook = (specifier, context, nextResolve) =>
    specifier === "poolnv" || specifier.startsWith("poolnv/")
        ? nextResolve(specifier, { ...context, parentURL: import.meta.url })
        : nextResolve(specifier, context);

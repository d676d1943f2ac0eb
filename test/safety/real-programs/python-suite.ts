import { windowsPath } from "../../../host/process/wine.js";
import { readEnvironments, type Unready } from "../../fixtures/prepare/environments.js";

/** A Python and those of its own regression tests that it is asked to run. */
export interface PythonSuite {
    /** Program and what comes before the script. */
    readonly starter: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    /** A path as this Python writes it. */
    ownPath(path: string): string;
    /** Modules for a round; rounds take them in turn. The first one is the shortest. */
    readonly modules: readonly (readonly string[])[];
}

/** Debian's Python with its tests; if it is missing, the reason and the resolution. */
export function linuxPython(): PythonSuite | Unready {
    const { debianPython } = readEnvironments();
    if (!debianPython.ready) return debianPython;
    return {
        starter: [debianPython.python],
        env: { PYTHONHOME: debianPython.home, PYTHONDONTWRITEBYTECODE: "1" },
        ownPath: (path) => path,
        modules: [
            ["test_dict", "test_list", "test_json", "test_pickle", "test_weakref", "test_fork1"],
            ["test_re", "test_set", "test_threading", "test_buffer", "test_decimal", "test_gc"],
            ["test_bytes", "test_descr", "test_subprocess", "test_ctypes", "test_xml_etree", "test_zlib"],
            ["test_unicode", "test_io", "test_queue", "test_threadedtempfile", "test_ast", "test_itertools"],
            ["test_dict", "test_array", "test_ordered_dict", "test_thread", "test_multiprocessing_fork"],
        ],
    };
}

/** 32-bit Windows Python under Wine. */
export function windowsPython(): PythonSuite | Unready {
    const { wine } = readEnvironments();
    if (!wine.ready) return wine;
    return {
        starter: [wine.wine, `${wine.windowsPython}/python.exe`],
        env: { POOLNV_WINE: wine.wine, WINEPREFIX: wine.prefix, WINEDEBUG: "-all", PYTHONDONTWRITEBYTECODE: "1" },
        ownPath: windowsPath,
        // Not test_decimal: it asks for 190 MB at a time, which in 32 bits no pool has room for, and falls back.
        modules: [
            ["test_dict", "test_list", "test_json", "test_re", "test_weakref"],
            ["test_set", "test_threading", "test_itertools", "test_gc"],
            ["test_bytes", "test_descr", "test_pickle", "test_sqlite", "test_queue", "test_thread"],
            ["test_long", "test_buffer", "test_ctypes", "test_xml_etree", "test_zlib", "test_ordered_dict", "test_gc"],
        ],
    };
}

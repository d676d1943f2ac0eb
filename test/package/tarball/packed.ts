import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** The package as npm would publish it. */
export interface Packed {
    /** Path of the tarball. */
    file: string;
    /** Of the tarball, in bytes. */
    size: number;
    /** Of everything in it, in bytes. */
    unpackedSize: number;
    /** Paths in it, with `/` between folders. */
    paths: string[];
}

/** Packs what is built, into a folder. */
export async function pack(folder: string): Promise<Packed> {
    // Without its scripts: they would build, and what is tested is what was built.
    const { stdout } = await execa("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
        cwd: root,
    });
    const packed = JSON.parse(stdout) as PackReport[] | Record<string, PackReport>;
    const [{ filename, size, unpackedSize, files }] = Object.values(packed) as [PackReport];
    return { file: join(folder, filename), size, unpackedSize, paths: files.map(({ path }) => path) };
}

/** The repository. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

interface PackReport {
    filename: string;
    size: number;
    unpackedSize: number;
    files: { path: string }[];
}

import { NtExecutable, NtExecutableResource, Resource } from "resedit";

/**
 * Adds a version resource, as xNVSE and others read it to tell the game's versions apart.
 *
 * @param version four numbers with dots between them
 */
export function addVersion(program: Uint8Array, version: string): Buffer {
    const executable = NtExecutable.from(program);
    const resources = NtExecutableResource.from(executable);
    const information = Resource.VersionInfo.createEmpty();
    information.setFileVersion(version, english);
    information.setProductVersion(version, english);
    information.setStringValues({ lang: english, codepage: unicode }, { ProductName: "Fallout: New Vegas" });
    information.outputToResourceEntries(resources.entries);
    resources.outputResource(executable);
    return Buffer.from(executable.generate());
}

const english = 0x0409;
const unicode = 1200;

import { cacheFolder } from "../../host/setup/cache-folder.js";

/** Where the test suites keep what they need besides poolnv itself. */
export function testFolder(...parts: string[]): string {
    return cacheFolder("test", ...parts);
}

import { join } from "node:path";

/**
 * Where Steam keeps its own folder on Linux: the usual place, the link that is there too, Debian's, those of its Flatpak
 * and of its Snap.
 */
export function linuxSteamRoots(home: string): string[] {
    return steamFolders.map((folder) => join(home, folder));
}

const steamFolders = [
    ".local/share/Steam",
    ".steam/steam",
    ".steam/debian-installation",
    ".var/app/com.valvesoftware.Steam/.local/share/Steam",
    "snap/steam/common/.local/share/Steam",
];

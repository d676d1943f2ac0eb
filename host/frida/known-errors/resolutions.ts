/** Resolutions that several errors share. */

export const antivirus =
    "If the program runs, an antivirus has most likely blocked it: allow poolnv's cache folder and the program there, then try again.";
export const asAdministrator =
    'Open the terminal with "Run as administrator". A program with an anti-cheat or of another user stays out of reach.';
export const checkCompatibility =
    "Start the program once without poolnv: Windows shows the reason. If it starts, attach to it: poolnv attach <process>";
export const tryAgain = "The program was not changed. Try again; if it stays so, restart the program first.";
export const attachAgain = "If the program still runs, it is unchanged: attach again.";

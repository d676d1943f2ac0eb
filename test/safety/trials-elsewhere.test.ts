import { testShortForms } from "./short-forms.js";

/** The other C runtime of Windows, and programs of other projects. */
testShortForms((place) => !["linux-x64", "linux-i386", "win32-msvcrt"].includes(place));

import { testShortForms } from "./short-forms.js";

/** Another C runtime of Windows, and programs that others wrote. */
testShortForms((place) => !["linux-x64", "linux-i386", "win32-msvcrt"].includes(place));

import { testShortForms } from "./short-forms.js";

testShortForms((place) => place === "win32-msvcrt");

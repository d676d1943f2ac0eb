import { testShortForms } from "./short-forms.js";

testShortForms((place) => place === "linux-i386");

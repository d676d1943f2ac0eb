import { testShortForms } from "./short-forms.js";

testShortForms((place) => place === "linux-x64");

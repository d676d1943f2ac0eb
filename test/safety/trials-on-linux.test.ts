import { testShortForms } from "./short-forms.js";

testShortForms((place) => !place.startsWith("win"));

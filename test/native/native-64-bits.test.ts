import { testBuilds } from "./test-builds.js";

testBuilds(({ place }) => place.startsWith("x64"));

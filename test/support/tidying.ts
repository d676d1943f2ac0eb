/**
 * How long Frida may go on tidying up in a program after a visit. A program that ends meanwhile may hang or die in its
 * last moment (README, limits), so tests that judge how it ends let this time pass first.
 */
export const tidyingMs = 2500;

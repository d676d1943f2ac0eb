const dark = matchMedia("(prefers-color-scheme: dark)");
const printing = matchMedia("print");

/** The plots' theme for what the page looks like now. */
export function themeName(): "dark" | "default" {
    return dark.matches && !printing.matches ? "dark" : "default";
}

export function whenThemeChanges(draw: () => void): void {
    for (const query of [dark, printing]) query.addEventListener("change", draw);
}

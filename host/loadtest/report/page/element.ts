import { printable } from "../../../../shared/printable.js";

type Child = Node | string | null;

/**
 * Makes an element. Strings become text nodes, never markup. Invisible characters and those that change the direction of
 * writing are shown as escapes.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
    name: Name,
    attributes: Readonly<Record<string, string>> = {},
    ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    for (const child of children) if (child !== null) made.append(typeof child === "string" ? printable(child) : child);
    return made;
}

/** An element of the page's body, by its id. */
export function part(id: string): HTMLElement {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`The page has no ${id}.`);
    return found;
}

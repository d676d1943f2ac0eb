import { printable } from "../../../../shared/printable.js";

type Child = Node | string | null;

/**
 * An element of the page. Text becomes text and nothing else, whatever it holds; what would turn the direction of writing
 * or can't be seen is shown by its number.
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

/** A part of the page's body. */
export function part(id: string): HTMLElement {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`The page has no ${id}.`);
    return found;
}

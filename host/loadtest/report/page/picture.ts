import { element } from "./element.js";

/** A frame of fixed size, so that the layout stays when the picture arrives. */
export function pictureFrame(kind: "small" | "large"): HTMLElement {
    return element("span", { class: `picture ${kind}` });
}

/** @param jpeg as base64; null leaves the frame empty */
export function showPicture(frame: HTMLElement, jpeg: string | null): void {
    if (jpeg === null) return;
    const source = `data:image/jpeg;base64,${jpeg}`;
    frame.append(element("img", { alt: "", decoding: "async", src: source }));
}

const waiting = new Map<Element, () => void>();
const visible = new IntersectionObserver(
    (entries) => {
        for (const { target, isIntersecting } of entries) if (isIntersecting) showNow(target);
    },
    { rootMargin: "400px" },
);
addEventListener("beforeprint", () => {
    for (const frame of [...waiting.keys()]) showNow(frame);
});

/** Shows a picture when its frame is scrolled into view: decoding hundreds at once would block the page. */
export function showWhenSeen(frame: HTMLElement, read: () => string | null): void {
    waiting.set(frame, () => showPicture(frame, read()));
    visible.observe(frame);
}

function showNow(frame: Element): void {
    visible.unobserve(frame);
    waiting.get(frame)?.();
    waiting.delete(frame);
}

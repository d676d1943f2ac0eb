import { element } from "./element.js";

/** An empty frame until its picture is shown, so that nothing moves then. */
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
const seen = new IntersectionObserver(
    (entries) => {
        for (const { target, isIntersecting } of entries) if (isIntersecting) showNow(target);
    },
    { rootMargin: "400px" },
);
addEventListener("beforeprint", () => {
    for (const frame of [...waiting.keys()]) showNow(frame);
});

/** Takes the picture from where it is kept when the frame comes into sight: hundreds at once would keep the page waiting. */
export function showWhenSeen(frame: HTMLElement, take: () => string | null): void {
    waiting.set(frame, () => showPicture(frame, take()));
    seen.observe(frame);
}

function showNow(frame: Element): void {
    seen.unobserve(frame);
    waiting.get(frame)?.();
    waiting.delete(frame);
}

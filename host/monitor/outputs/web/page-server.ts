import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { UserError } from "../../../errors.js";

const host = "127.0.0.1";

/**
 * Serves the page of the live view on the loopback interface, to requests that have its token: everything is below `/TOKEN/`.
 * Requests with another Host header are refused, which prevents DNS rebinding by other web sites.
 */
export class PageServer {
    /** Called with each connection of the event stream. */
    onViewer: (viewer: ServerResponse) => void = (viewer) => void viewer.end();
    readonly #server: Server;
    readonly #token = randomBytes(24).toString("base64url");

    private constructor() {
        this.#server = createServer((request, response) => {
            this.#answer(request, response).catch(() => response.destroy());
        });
    }

    /** @throws UserError PORT_TAKEN */
    static listen(port: number): Promise<PageServer> {
        const page = new PageServer();
        return new Promise((resolve, reject) => {
            page.#server.once("error", (cause) => reject(portTaken(port, cause)));
            page.#server.listen({ host, port }, () => resolve(page));
        });
    }

    get url(): string {
        return `http://${this.#authority}/${this.#token}/`;
    }

    async close(): Promise<void> {
        await new Promise<void>((resolve) => {
            this.#server.close(() => resolve());
            this.#server.closeIdleConnections();
            setTimeout(() => this.#server.closeAllConnections(), 200).unref();
        });
    }

    get #authority(): string {
        return `${host}:${(this.#server.address() as AddressInfo).port}`;
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const [, token = "", file, ...rest] = (request.url ?? "").split("?", 1)[0]!.split("/");
        if (request.headers.host !== this.#authority || !isSame(token, this.#token)) {
            return refuse(response, 403, "The address is incomplete: open the one that poolnv has printed.");
        }
        if (request.method !== "GET") {
            response.setHeader("Allow", "GET");
            return refuse(response, 405, "Only GET is allowed.");
        }
        if (file === "events" && rest.length === 0) {
            response.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
            response.flushHeaders();
            return this.onViewer(response);
        }
        const served = rest.length === 0 ? files.get(file ?? "") : undefined;
        if (served === undefined) return refuse(response, 404, "Not found.");
        const content = await readFile(served.path());
        response.writeHead(200, { ...headers, "Content-Type": served.type }).end(content);
    }
}

const own = (name: string) => () => fileURLToPath(new URL(name, import.meta.url));

/** The files of the page. None comes from the network. */
const files = new Map([
    ["", { path: own("page/page.html"), type: "text/html; charset=utf-8" }],
    ["page.js", { path: own("page/page.bundle.js"), type: "text/javascript; charset=utf-8" }],
    [
        "echarts.js",
        {
            path: () => createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js"),
            type: "text/javascript; charset=utf-8",
        },
    ],
]);

const headers = {
    "Cache-Control": "no-store",
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
} as const;

function refuse(response: ServerResponse, status: number, reason: string): void {
    response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
}

/** Compares in constant time. */
function isSame(given: string, wanted: string): boolean {
    const digest = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(given), digest(wanted));
}

function portTaken(port: number, cause: Error): UserError {
    return new UserError(
        "PORT_TAKEN",
        `The page can't be shown at port ${port}: ${cause.message}.`,
        "Use another port, or leave out --port.",
        { cause },
    );
}

import type { GameProfile } from "../../shared/games/profile.js";
import {
    controlLayout,
    mailboxBytes,
    mailboxMark,
    mailboxMarkOffset,
    residentBytes,
    residentLayout,
    residentOrder,
} from "../../shared/layout.js";
import { printable } from "../../shared/printable.js";
import type { ControlBlock } from "../process/control-block.js";
import { platform } from "../process/platform/index.js";
import type { MailboxFile } from "../process/platform/platform.js";
import { lengthOf } from "../process/text-length.js";
import { Refusal } from "../refusal.js";
import { type CompiledResident, compileResident } from "./compile.js";
import type { Taken } from "./taken.js";

/** How often to check whether the resident has carried out an order, in milliseconds. */
const pollMs = 2;

/** What is in a mailbox file at first; it has no address. */
export function emptyMailbox(): Uint8Array {
    const bytes = new Uint8Array(mailboxBytes);
    bytes.set(
        [...mailboxMark].map((character) => character.charCodeAt(0)),
        mailboxMarkOffset,
    );
    return bytes;
}

/** The thread of the program's own that writes the hooks, answers the mailbox, and writes the log. */
export class Resident {
    readonly #base: NativePointer;
    readonly #code: CompiledResident;
    readonly #append: NativeFunction<number, [NativePointerValue, number]>;

    /** Takes its memory and compiles its code; the log can be used at once. */
    constructor(taken: Taken) {
        this.#base = taken.memory(residentBytes, "the resident");
        this.#code = compileResident(this.#base, taken);
        this.#append = new NativeFunction(this.#code.log, "int", ["pointer", "uint32"]);
    }

    get mailbox(): NativePointer {
        return this.#base.add(residentLayout.mailbox);
    }

    get startAddress(): NativePointer {
        return this.#code.start;
    }

    /** Chooses the log file; false if it can't be opened for writing, or its path is too long. */
    readonly setLogFile = (file: string): boolean => {
        const bytes = Memory.allocUtf8String(file);
        if (lengthOf(bytes) >= controlLayout.log_file.count) return false;
        this.#at("log_file").writeUtf8String(file);
        if (platform().name === "windows") this.#at("log_file_wide").writeUtf16String(file);
        if (this.#append(bytes, 0) !== 0) return true;
        this.#at("log_file").writeU8(0);
        this.#at("log_file_wide").writeU16(0);
        return false;
    };

    /** Appends a line with a time stamp to the log, if there is one. */
    log(line: string): void {
        const bytes = Memory.allocUtf8String(`${printable(line)}\n`);
        this.#append(bytes, lengthOf(bytes));
    }

    /**
     * Starts the thread, which waits for an order.
     *
     * @throws Refusal NO_ROOM if the system refuses a thread
     */
    start(
        control: ControlBlock,
        options: {
            trimIdleSeconds: number;
            /** Address of `pool_sampler_tick`. */
            samplerTick: NativePointer;
            game: GameProfile | null;
            mailboxFile: MailboxFile | null;
        },
        taken: Taken,
    ): void {
        const { trimIdleSeconds, samplerTick, game, mailboxFile } = options;
        this.#at("control").writeU64(uint64(control.base.toString()));
        this.#at("trim_idle_seconds").writeU32(trimIdleSeconds);
        this.#at("sampler_tick").writeU64(uint64(samplerTick.toString()));
        this.#at("is_wine").writeU32(platform().isWine() ? 1 : 0);
        if (game !== null) {
            this.#at("loading_flag").writeU32(game.loading.flag);
            this.#at("loading_manager").writeU64(game.loading.manager);
        }
        if (mailboxFile !== null) {
            this.#at("mailbox_file").writeUtf16String(mailboxFile.path);
            this.#at("mailbox_folder").writeUtf16String(mailboxFile.folder);
        }
        const start = new NativeFunction(this.#code.start, "int", []);
        const join = new NativeFunction(this.#code.join, "void", []);
        const error = start();
        if (error !== 0) throw new Refusal("NO_ROOM", `the system refused a thread for the pool (error ${error})`);
        taken.add(() => {
            this.#order("stop");
            join();
        });
    }

    /** Has the hooks written, by the resident's thread. The control block then has the status; the log has the success. */
    async writeHooks(): Promise<void> {
        this.#order("hook");
        while (this.#at("ordered").readU32() !== residentOrder.hook) {
            await new Promise((resolve) => setTimeout(resolve, pollMs));
        }
    }

    /** The thread runs until the end of the program: it will not be stopped any more. */
    release(): void {
        new NativeFunction(this.#code.release, "void", [])();
    }

    #order(name: keyof typeof residentOrder): void {
        this.#at("order").writeU32(residentOrder[name]);
    }

    #at(field: keyof typeof residentLayout): NativePointer {
        return this.#base.add(residentLayout[field]);
    }
}

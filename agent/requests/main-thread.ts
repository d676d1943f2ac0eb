import type { GameProfile } from "../../shared/games/profile.js";
import { mainThreadOps, mainThreadStates, mainThreadTextBytes } from "../../shared/layout.js";
import type { GameState, MainThreadWork, WorkState } from "../../shared/protocol/main-thread.js";
import type { ControlBlock } from "../process/control-block.js";
import { Refusal } from "../refusal.js";

/** The queue in the pool's C that the game's main thread takes work from, once a frame. */
export class MainThreadQueue {
    constructor(
        readonly control: ControlBlock,
        readonly profile: GameProfile,
    ) {}

    gameState(): GameState {
        return { frames: this.#call(mainThreadOps.frames), loading: isLoading(this.profile) };
    }

    /**
     * @returns the ticket of the work
     * @throws Refusal MAIN_THREAD_QUEUE_FULL while the game has not run earlier work
     */
    queue({ kind, text }: MainThreadWork): number {
        const bytes = Memory.allocAnsiString(text.slice(0, mainThreadTextBytes - 1));
        const ticket = this.#call(mainThreadOps[kind], 0, bytes);
        if (ticket === 0) {
            throw new Refusal(
                "MAIN_THREAD_QUEUE_FULL",
                "the queue of the game's main thread is full: it runs no frames",
            );
        }
        return ticket;
    }

    stateOf(ticket: number): WorkState {
        const state = this.#call(mainThreadOps.state, ticket);
        const names = Object.keys(mainThreadStates) as (keyof typeof mainThreadStates)[];
        return names.find((name) => mainThreadStates[name] === state) ?? "gone";
    }

    cancel(ticket: number): boolean {
        return this.#call(mainThreadOps.cancel, ticket) === 1;
    }

    #call(order: number, ticket = 0, text: NativePointer = NULL): number {
        return this.control.call("main_thread", "uint32", ["uint32", "uint32", "pointer"], order, ticket, text);
    }
}

/** The loading flag of the game's save manager; null before it has one. */
function isLoading({ loading }: GameProfile): boolean | null {
    try {
        const manager = ptr(loading.manager).readPointer();
        return manager.isNull() ? null : manager.add(loading.flag).readU8() !== 0;
    } catch {
        return null; // the pointer is not valid
    }
}

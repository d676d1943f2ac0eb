import type { GameProfile } from "../../shared/games/profile.js";
import { deskOrders, deskStates, deskTextBytes } from "../../shared/layout.js";
import type { MainThreadWork, GameState, WorkState } from "../../shared/protocol.js";
import type { ControlBlock } from "../process/control-block.js";
import { isLoading } from "../process/game/loading-flag.js";
import { Refusal } from "../refusal.js";

/** Leaves work for the main thread of the game at the desk of the pool's C, which that thread looks at once a frame. */
export class MainThreadQueue {
    constructor(
        readonly control: ControlBlock,
        readonly profile: GameProfile,
    ) {}

    gameState(): GameState {
        return { frames: this.#ask(deskOrders.frames), loading: isLoading(this.profile) };
    }

    /** @throws Refusal MAIN_THREAD_QUEUE_FULL while the game has not done what was left before */
    leave({ kind, text }: MainThreadWork): number {
        const bytes = Memory.allocAnsiString(text.slice(0, deskTextBytes - 1));
        const ticket = this.#ask(deskOrders[kind], 0, bytes);
        if (ticket === 0)
            throw new Refusal(
                "MAIN_THREAD_QUEUE_FULL",
                "the game has not done yet what was left for it: it runs no frames",
            );
        return ticket;
    }

    stateOf(ticket: number): WorkState {
        const state = this.#ask(deskOrders.state, ticket);
        const names = Object.keys(deskStates) as (keyof typeof deskStates)[];
        return names.find((name) => deskStates[name] === state) ?? "gone";
    }

    cancel(ticket: number): boolean {
        return this.#ask(deskOrders.cancel, ticket) === 1;
    }

    #ask(order: number, ticket = 0, text: NativePointer = NULL): number {
        return this.control.call("desk", "uint32", ["uint32", "uint32", "pointer"], order, ticket, text);
    }
}

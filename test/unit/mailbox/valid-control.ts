import {
    controlBytes,
    controlLayout,
    controlMagic,
    controlVersion,
    layerBits,
    metadataBytes,
    poolSystem,
    stages,
} from "../../../shared/layout.js";

/** A valid control block of a 32-bit Windows program at address 0x12340000, with some bytes changed. */
export function validControl(change: (block: Buffer) => void = () => {}): Buffer {
    const block = Buffer.alloc(controlBytes);
    const set = (values: Partial<Record<keyof typeof controlLayout, number | string>>): void => {
        for (const [name, value] of Object.entries(values)) {
            const { offset, type } = controlLayout[name as keyof typeof controlLayout];
            if (typeof value === "string") block.write(value, offset, "utf8");
            else if (type === "u64") block.writeBigUInt64LE(BigInt(value), offset);
            else block.writeUInt32LE(value, offset);
        }
    };
    block.write(controlMagic, controlLayout.magic.offset, "latin1");
    set({
        bytes: controlBytes,
        version: controlVersion,
        self: 0x1234_0000,
        pid: 4711,
        stage: stages.hooked,
        region_base: 0x2000_0000,
        region_bytes: 0x1000_0000,
        requested_bytes: 0x6000_0000,
        metadata_bytes: metadataBytes(0x1000_0000, 4),
        active: 1,
        layers: layerBits.crt | layerBits.gameheap,
        system: poolSystem.windows,
        pointer_bytes: 4,
        snapshot: 0x50_1000,
        set_active: 0x50_2000,
        reset: 0x50_3000,
        sampler_start: 0x50_4000,
        sampler_read: 0x50_5000,
        main_thread: 0x50_6000,
        write_hooks: 0x60_0000,
        start_resident: 0x70_0000,
        resident_pid: 4711,
        game: "falloutnv-1.4.0.525",
        log_file: "C:\\log.txt",
        program: "C:\\Hry\\Fallout – náhrada\\FalloutNV.exe",
    });
    change(block);
    return block;
}

/** What the calling thread's thread register points at: its own record in the C library, or its TEB on Windows. */
export function threadRecord(): NativePointer {
    const module = new CModule(SOURCE, {}, { toolchain: "internal" });
    const read = new NativeFunction((module as unknown as { read: NativePointer }).read, "pointer", [], {
        scheduling: "exclusive",
    });
    const record = read();
    module.dispose();
    return record;
}

const SOURCE = `
void *read(void) {
    void *record;
#if defined(__x86_64__)
    __asm__("movq %%fs:0, %0" : "=r"(record));
#elif defined(_WIN32)
    __asm__("movl %%fs:0x18, %0" : "=r"(record));
#else
    __asm__("movl %%gs:0, %0" : "=r"(record));
#endif
    return record;
}
`;

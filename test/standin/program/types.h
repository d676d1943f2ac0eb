/*
 * The game's objects, as far as they are known, and the types that the signatures of its functions
 * name. Unknown bytes are there so that known ones are where they belong.
 */
#ifndef STANDIN_TYPES_H
#define STANDIN_TYPES_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_CONTEXTS        66 /* psycho: slots in the heap's object */
#define MEMORY_CONTEXT_FILE    23 /* psycho: buffers that files are read into */
#define MEMORY_CONTEXT_DEFAULT 65 /* psycho: the slot at +0x110 */

struct Pool;
struct RegionHeap;

/* The one object of the game's heap, at 0x011F6238 (xNVSE GameTypes.h, psycho). */
struct MemoryHeap {
    uint8_t initialized; /* until then the C runtime serves */
    uint8_t unknown_01;
    uint16_t heap_count; /* crash reporters take 0 for a heap that was replaced */
    uint32_t unknown_04;
    struct RegionHeap **heaps;
    struct RegionHeap *contexts[MEMORY_CONTEXTS]; /* by the memory context of the calling thread */
    uint8_t unknown_114[0x15];
    uint8_t pools_enabled;
    uint8_t unknown_12a[0xa];
    uint32_t compact_trigger; /* set by who wants a cleaning up in the next frame */
};

/* A bump allocator of one thread (RTM ScrapHeap.hpp); its owner gives 16 bytes and looks into none
 * of them. */
struct ScrapHeap {
    uint8_t *base;           /* null until the first block is asked for */
    uint8_t *free;           /* where the next header may begin */
    uint8_t *end;            /* of the buffer */
    struct ScrapBlock *last; /* newest block that is not given back */
};

/* Keeps the buffers of scrap heaps that are gone (RTM: 0x240 bytes, 64 buffers). */
struct ScrapHeapManager {
    uint8_t *buffers[64];
    uint32_t count;
    volatile LONG lock; /* of the buffers */
    uint8_t unknown_108[0x240 - 0x108];
};

/* What [0x011DEA0C] points to. */
struct Main {
    uint8_t unknown_00[0x10];
    uint32_t thread_id; /* of the main thread (psycho) */
    uint8_t unknown_14[0x8c];
};

/* What 0x0071B160 returns (xNVSE GameAPI.h): 0x914 bytes. */
struct Console {
    void *script_context; /* first argument of a script line that is run */
    struct ConsoleLine *first, *last;
    uint32_t line_count;
    uint8_t input_history[0x800];
    char output_file[260];
};

/* A script object, as its users lay it out in 0x54 bytes of their stack (xNVSE GameScript.h). */
struct Script {
    const void *vtable;
    uint32_t unknown_04;
    uint32_t flags;
    uint8_t unknown_0c[0x20];
    char *text; /* a copy of its own */
    uint8_t unknown_30[0x24];
};

/* What [0x011DE134] points to (psycho). */
struct SaveManager {
    uint8_t unknown_00[0x26];
    volatile uint8_t loading; /* 1 from the call of a load to its end */
    uint8_t unknown_27[0x59];
};

#define AT_OFFSET(type, field, offset)                                                             \
    _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
AT_OFFSET(MemoryHeap, heaps, 0x08);
AT_OFFSET(MemoryHeap, contexts, 0x0c);
AT_OFFSET(MemoryHeap, pools_enabled, 0x129);
AT_OFFSET(MemoryHeap, compact_trigger, 0x134);
AT_OFFSET(Main, thread_id, 0x10);
AT_OFFSET(Console, output_file, 0x810);
AT_OFFSET(Script, text, 0x2c);
AT_OFFSET(SaveManager, loading, 0x26);
_Static_assert(sizeof(struct ScrapHeap) == 0x10, "ScrapHeap");
_Static_assert(sizeof(struct ScrapHeapManager) == 0x240, "ScrapHeapManager");
_Static_assert(sizeof(struct Console) == 0x914, "Console");
_Static_assert(sizeof(struct Script) == 0x54, "Script");

#endif

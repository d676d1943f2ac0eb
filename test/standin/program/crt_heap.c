/* The C runtime of the program: HeapAlloc and its relatives on a heap of its own. */
#include "actor.h"
#include "memory.h"
#include "variables.h"

#define ACTIVE_HEAP_SYSTEM 1
#define RETRY_STEP_MS      1000 /* how much longer than before each try of a `_crt` function waits */

/* What the frames of realloc, msize and free are marked with. */
uint32_t security_cookie = 0xbb40e64e;

/* The handler of those frames: none of them catches anything. */
__attribute__((used)) int __cdecl pass_exception_on(void *record, void *frame, void *context,
                                                    void *dispatcher) {
    (void)record, (void)frame, (void)context, (void)dispatcher;
    return 1; /* ExceptionContinueSearch */
}

/* Waits before another try, if the runtime is set up to wait.
 *
 * waited: ms so far; counts on
 * returns: whether to try once more */
static int wait_for_memory(uint32_t *waited) {
    if (*waited >= CRT_LONGEST_WAIT)
        return 0;
    *waited += RETRY_STEP_MS;
    Sleep(*waited);
    return 1;
}

int __cdecl vanilla_crt_heap_init(int threads) {
    CRT_HEAP = HeapCreate(threads ? 0 : HEAP_NO_SERIALIZE, 4096, 0);
    CRT_ACTIVE_HEAP = ACTIVE_HEAP_SYSTEM;
    return CRT_HEAP != 0;
}

void *__cdecl vanilla_crt_malloc(size_t size) {
    actor_here()->arrivals.malloc++;
    return CRT_HEAP == 0 ? 0 : HeapAlloc(CRT_HEAP, 0, size == 0 ? 1 : size);
}

void *__cdecl vanilla_crt_malloc_crt(size_t size) {
    uint32_t waited = 0;
    void *block = 0;
    while (block == 0 && wait_for_memory(&waited))
        block = game.crt_malloc(size);
    return block;
}

void *__cdecl vanilla_crt_calloc_impl(size_t count, size_t size, int *error) {
    size_t bytes;
    (void)error;
    actor_here()->arrivals.calloc++;
    if (__builtin_mul_overflow(count, size, &bytes))
        return 0;
    return HeapAlloc(CRT_HEAP, HEAP_ZERO_MEMORY, bytes == 0 ? 1 : bytes);
}

void *__cdecl vanilla_crt_calloc_crt(size_t count, size_t size) {
    uint32_t waited = 0;
    void *block = 0;
    while (block == 0 && wait_for_memory(&waited))
        block = game.crt_calloc_impl(count, size, 0);
    return block;
}

void *__cdecl vanilla_crt_realloc(void *block, size_t size) {
    actor_here()->arrivals.realloc++;
    if (block == 0)
        return game.crt_malloc(size);
    if (size == 0) {
        game.crt_free(block);
        return 0;
    }
    return HeapReAlloc(CRT_HEAP, 0, block, size);
}

void *__cdecl vanilla_crt_realloc_crt(void *block, size_t size) {
    uint32_t waited = 0;
    void *moved = 0;
    while (moved == 0 && size != 0 && wait_for_memory(&waited))
        moved = game.crt_realloc(block, size);
    return moved;
}

void *__cdecl vanilla_crt_recalloc(void *block, size_t count, size_t size) {
    size_t bytes, before = block == 0 ? 0 : game.crt_msize(block);
    uint8_t *moved;
    actor_here()->arrivals.recalloc++;
    if (__builtin_mul_overflow(count, size, &bytes))
        return 0;
    moved = game.crt_realloc(block, bytes);
    if (moved != 0 && bytes > before)
        memset(moved + before, 0, bytes - before);
    return moved;
}

void *__cdecl vanilla_crt_recalloc_crt(void *block, size_t count, size_t size) {
    uint32_t waited = 0;
    void *moved = 0;
    while (moved == 0 && size != 0 && wait_for_memory(&waited))
        moved = game.crt_recalloc(block, count, size);
    return moved;
}

size_t __cdecl vanilla_crt_msize(void *block) {
    actor_here()->arrivals.msize++;
    return block == 0 ? 0 : HeapSize(CRT_HEAP, 0, block);
}

void __cdecl vanilla_crt_free(void *block) {
    actor_here()->arrivals.free++;
    if (block != 0)
        HeapFree(CRT_HEAP, 0, block);
}

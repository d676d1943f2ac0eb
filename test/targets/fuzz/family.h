/* The functions that a fuzz tries: those of the running program, or the pool's own. */
#ifndef TEST_FUZZ_FAMILY_H
#define TEST_FUZZ_FAMILY_H

#include <stddef.h>

/* One that the runtime does not have is 0; the first four are always there. All are cdecl, and
 * whatever one of them returns, the others of the same structure understand. */
struct FuzzFamily {
    void *(*malloc)(size_t size);
    void (*free)(void *user);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *user, size_t size);

    size_t (*malloc_usable_size)(void *user);
    void *(*memalign)(size_t alignment, size_t size);
    int (*posix_memalign)(void **out, size_t alignment, size_t size);
    void *(*aligned_alloc)(size_t alignment, size_t size);
    void *(*valloc)(size_t size);
    void *(*pvalloc)(size_t size);
    void *(*reallocarray)(void *user, size_t count, size_t size);

    size_t (*msize)(void *user);
    void *(*expand)(void *user, size_t size);
    void *(*recalloc)(void *user, size_t count, size_t size);
    void *(*aligned_malloc)(size_t size, size_t alignment);
    void (*aligned_free)(void *user);
    void *(*aligned_realloc)(void *user, size_t size, size_t alignment);
    void *(*aligned_recalloc)(void *user, size_t count, size_t size, size_t alignment);
    size_t (*aligned_msize)(void *user, size_t alignment, size_t offset);
    void *(*aligned_offset_malloc)(size_t size, size_t alignment, size_t offset);
    void *(*aligned_offset_realloc)(void *user, size_t size, size_t alignment, size_t offset);
    void *(*aligned_offset_recalloc)(void *user, size_t count, size_t size, size_t alignment,
                                     size_t offset);

    /* Not 0: realloc to no bytes may keep a block, as musl does; glibc and Windows free it. */
    int keeps_empty;

    /* Not 0: errno may stay as it is when there is no memory, as with Wine. */
    int keeps_errno;

    /* Not 0: the heap behind the pool only knows how much a block has room for, so that a zeroing
     * resize can't clear what lies between that and the size asked for. */
    int measures_room;
};

#define FUZZ_FAMILIES 2 /* of one program, at most */

/* Names for the same heap: the plain ones, and those behind them that a runtime also exports. Whose
 * program it is fills them in before the fuzz begins; constant from then on. */
static struct FuzzFamily fuzz_families[FUZZ_FAMILIES];
static unsigned fuzz_family_count;

#endif

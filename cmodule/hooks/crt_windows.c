/* SPDX-License-Identifier: MIT */
/* The entry points of msvcrt and ucrtbase beyond the common ones.
 *
 * The aligned functions of a CRT allocate with its malloc and store the pointer in front of the one
 * they return. So a pointer into the region that is not one of our blocks may be theirs, inside one
 * of our blocks, if a thread was inside such a function when malloc was hooked. It must not go back
 * to them: Wine's call malloc, but free and resize without calling free and realloc, and so would
 * pass our block to the system's heap. */
#include "crt.h"

#ifdef POOLNV_CRT_WINDOWS

typedef void *(*CrtExpand)(void *, size_t);
typedef void *(*CrtAlignedMalloc)(size_t, size_t);
typedef void *(*CrtOffsetMalloc)(size_t, size_t, size_t);
typedef void *(*CrtAlignedRealloc)(void *, size_t, size_t);
typedef void *(*CrtOffsetRealloc)(void *, size_t, size_t, size_t);
typedef void *(*CrtOffsetRecalloc)(void *, size_t, size_t, size_t, size_t);
typedef size_t (*CrtAlignedSize)(void *, size_t, size_t);

/* ---- plain blocks ---- */

size_t replace__msize(void *user) {
    size_t size;

    if (user != NULL && !POOL_OWNS(user))
        return ORIGINAL(CrtSize, _msize)(user);
    if (user != NULL && pool_size(user, &size) == POOL_OK)
        return size;
    pool_set_errno(POOL_EINVAL);
    return (size_t)-1;
}

void *replace__expand(void *user, size_t size) {
    size_t old;

    if (!POOL_OWNS(user))
        return ORIGINAL(CrtExpand, _expand)(user, size);
    if (pool_resize(user, size, &old, 1) == POOL_OK)
        return user;
    pool_set_errno(POOL_ENOMEM);
    return NULL;
}

/* What the original does. It is not called, because it may call realloc, which is hooked and would
 * count again. */
static void *recalloc_foreign(void *user, size_t bytes) {
    size_t old = ORIGINAL(CrtSize, _msize)(user);
    void *moved = ORIGINAL(CrtRealloc, realloc)(user, bytes);

    if (moved != NULL && bytes > old)
        memset((char *)moved + old, 0, bytes - old);
    return moved;
}

void *replace__recalloc(void *user, size_t count, size_t size) {
    size_t bytes, old;
    void *moved;

    crt_count_realloc();
    if (user == NULL)
        return replace_calloc(count, size);
    if (crt_product(count, size, &bytes)) {
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    if (!POOL_OWNS(user))
        return recalloc_foreign(user, bytes);
    if (bytes == 0) {
        pool_free_moved(user);
        return NULL;
    }
    moved = crt_resize(user, bytes, &old);
    SAMPLE_MOVED(user, moved, bytes);
    if (moved != NULL && bytes > old)
        memset((char *)moved + old, 0, bytes - old);
    return moved;
}

/* ---- the inner names of ucrtbase, for code that calls them directly ---- */

void *replace__malloc_base(size_t size) { return replace_malloc(size); }
void replace__free_base(void *user) { replace_free(user); }
void *replace__calloc_base(size_t count, size_t size) { return replace_calloc(count, size); }
void *replace__realloc_base(void *user, size_t size) { return replace_realloc(user, size); }
size_t replace__msize_base(void *user) { return replace__msize(user); }
void *replace__expand_base(void *user, size_t size) { return replace__expand(user, size); }
void *replace__recalloc_base(void *user, size_t count, size_t size) {
    return replace__recalloc(user, count, size);
}

/* ---- aligned blocks ---- */

static int is_ours(const void *user) { return POOL_OWNS(user) && pool_probe(user) == POOL_OK; }

/* The word in which the C runtime stores the pointer that malloc returned for an aligned block: the
 * same in all versions of Microsoft's and in Wine's. */
static void **outer_slot(const void *user) {
    return (void **)(((uintptr_t)user - sizeof(void *)) & ~(uintptr_t)(sizeof(void *) - 1));
}

/* Our block in which the C runtime made this aligned one, and in *space the bytes from there to its
 * end; or NULL. */
static void *outer_block(const void *user, size_t *space) {
    void **slot = outer_slot(user), *block;
    size_t size;

    if (!POOL_OWNS(user) || !POOL_OWNS(slot) ||
        !POOL_LOAD(POOL_READABLE[POOL_OFFSET(slot) >> POOL_CHUNK_SHIFT]))
        return NULL;
    block = *slot;
    if ((char *)block > (char *)slot || !is_ours(block) || pool_size(block, &size) != POOL_OK)
        return NULL;
    if ((uintptr_t)user - (uintptr_t)block > size)
        return NULL;
    *space = size - ((uintptr_t)user - (uintptr_t)block);
    return block;
}

/* The block to free for an aligned pointer into the region. */
static void *block_to_free(void *user) {
    size_t space;
    void *block = is_ours(user) ? NULL : outer_block(user, &space);

    return block != NULL ? block : user;
}

/* The original rejects these as an invalid parameter. */
static int is_invalid(size_t size, size_t alignment, size_t offset) {
    return alignment == 0 || (alignment & (alignment - 1)) != 0 || (offset != 0 && offset >= size);
}

/* What the original would make, inside a block of the original malloc. It is not called, because it
 * would call malloc, which is hooked: the fallback would be counted twice, and one of our blocks
 * could become part of one of its own. Wine's does not check for overflow either.
 *
 * The block is placed exactly as Wine places it, because Wine resizes no other, with as much memory
 * around it as Wine assumes when it measures. Microsoft's resizes it at any slot; it assumes one
 * byte less around it, plus the gap in front of the stored pointer: so it measures more than was
 * requested, never less. */
static void *original_aligned(size_t size, size_t alignment, size_t offset) {
    size_t least = alignment > sizeof(void *) ? alignment : sizeof(void *);
    size_t gap = (0 - offset) & (sizeof(void *) - 1);
    size_t lead = least + sizeof(void *), spare = gap > 1 ? gap - 1 : 0;
    char *outer = NULL, *user;

    if (size <= (size_t)-1 - lead - spare)
        outer = ORIGINAL(CrtAlloc, malloc)(size + lead + spare);
    if (outer == NULL) {
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    user = (char *)((((uintptr_t)outer + lead + offset) & ~(uintptr_t)(least - 1)) - offset);
    *outer_slot(user) = outer;
    return POOL_ACTIVE ? crt_fallback(user) : user;
}

static void *aligned_alloc_any(size_t size, size_t alignment, size_t offset) {
    void *user = crt_pool_aligned(size, alignment, offset);
    return user != NULL ? user : original_aligned(size, alignment, offset);
}

void *replace__aligned_malloc(size_t size, size_t alignment) {
    if (is_invalid(size, alignment, 0))
        return ORIGINAL(CrtAlignedMalloc, _aligned_malloc)(size, alignment);
    SAMPLE_CALL(size);
    return aligned_alloc_any(size, alignment, 0);
}

void *replace__aligned_offset_malloc(size_t size, size_t alignment, size_t offset) {
    if (is_invalid(size, alignment, offset))
        return ORIGINAL(CrtOffsetMalloc, _aligned_offset_malloc)(size, alignment, offset);
    SAMPLE_CALL(size);
    return aligned_alloc_any(size, alignment, offset);
}

/* Not through the original, because Wine's frees without calling free. */
void replace__aligned_free(void *user) {
    if (user == NULL || POOL_OWNS(user))
        replace_free(block_to_free(user));
    else
        replace_free(*outer_slot(user));
}

static void *aligned_make(size_t size, size_t alignment, size_t offset) {
    if (offset != 0)
        return replace__aligned_offset_malloc(size, alignment, offset);
    return replace__aligned_malloc(size, alignment);
}

/* Resizes an aligned block of ours in slot; *old becomes its former size. */
static enum PoolVerdict resize_in_place(void *user, size_t size, size_t alignment, size_t offset,
                                        size_t *old) {
    if ((((uintptr_t)user + offset) & (alignment - 1)) == 0)
        return pool_resize(user, size, old, 0);
    return pool_size(user, old) == POOL_OK ? POOL_MOVE : POOL_CORRUPT;
}

/* Resizes an aligned pointer into the region to a size that is not 0; *old becomes its former size,
 * or more if the C runtime made it. */
static void *aligned_resize(void *user, size_t size, size_t alignment, size_t offset, size_t *old) {
    void *block = block_to_free(user), *moved;
    enum PoolVerdict verdict = POOL_MOVE;

    if (alignment == 0)
        alignment = sizeof(void *); /* the runtime's default, as in _aligned_malloc */
    if (is_invalid(size, alignment, offset)) {
        pool_set_errno(POOL_EINVAL);
        return NULL;
    }
    if (block == user)
        verdict = resize_in_place(user, size, alignment, offset, old);
    else
        outer_block(user, old);
    if (verdict == POOL_OK)
        return user;
    if (verdict == POOL_CORRUPT) {
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    moved = aligned_make(size, alignment, offset);
    if (moved == NULL)
        return NULL;
    pool_copy(moved, user, *old < size ? *old : size);
    pool_free_moved(block);
    return moved;
}

static void *aligned_realloc(void *user, size_t size, size_t alignment, size_t offset) {
    size_t old;

    crt_count_realloc();
    if (user == NULL)
        return aligned_make(size, alignment, offset);
    if (size != 0)
        return aligned_resize(user, size, alignment, offset, &old);
    pool_free_moved(block_to_free(user));
    return NULL;
}

void *replace__aligned_realloc(void *user, size_t size, size_t alignment) {
    if (user != NULL && !POOL_OWNS(user))
        return ORIGINAL(CrtAlignedRealloc, _aligned_realloc)(user, size, alignment);
    return aligned_realloc(user, size, alignment, 0);
}

void *replace__aligned_offset_realloc(void *user, size_t size, size_t alignment, size_t offset) {
    if (user != NULL && !POOL_OWNS(user))
        return ORIGINAL(CrtOffsetRealloc, _aligned_offset_realloc)(user, size, alignment, offset);
    return aligned_realloc(user, size, alignment, offset);
}

/* The original only measures the enclosing block, for which it calls us. */
size_t replace__aligned_msize(void *user, size_t alignment, size_t offset) {
    size_t size;

    if (user != NULL && (!POOL_OWNS(user) || block_to_free(user) != user))
        return ORIGINAL(CrtAlignedSize, _aligned_msize)(user, alignment, offset);
    if (user != NULL && pool_size(user, &size) == POOL_OK)
        return size;
    pool_set_errno(POOL_EINVAL);
    return (size_t)-1;
}

static void *aligned_recalloc(void *user, size_t count, size_t size, size_t alignment,
                              size_t offset) {
    size_t bytes, old = 0, known = (size_t)-1;
    void *moved;

    crt_count_realloc();
    if (crt_product(count, size, &bytes)) {
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    if (user != NULL && bytes == 0) {
        pool_free_moved(block_to_free(user));
        return NULL;
    }
    if (user != NULL && block_to_free(user) != user)
        known = replace__aligned_msize(user, alignment, offset);
    if (user != NULL)
        moved = aligned_resize(user, bytes, alignment, offset, &old);
    else
        moved = aligned_make(bytes, alignment, offset);
    if (old > known)
        old = known;
    if (moved != NULL && bytes > old)
        memset((char *)moved + old, 0, bytes - old);
    return moved;
}

void *replace__aligned_recalloc(void *user, size_t count, size_t size, size_t alignment) {
    if (user != NULL && !POOL_OWNS(user))
        return ORIGINAL(CrtOffsetRealloc, _aligned_recalloc)(user, count, size, alignment);
    return aligned_recalloc(user, count, size, alignment, 0);
}

void *replace__aligned_offset_recalloc(void *user, size_t count, size_t size, size_t alignment,
                                       size_t offset) {
    if (user != NULL && !POOL_OWNS(user))
        return ORIGINAL(CrtOffsetRecalloc, _aligned_offset_recalloc)(user, count, size, alignment,
                                                                     offset);
    return aligned_recalloc(user, count, size, alignment, offset);
}

#endif

/* Where the calls of the workloads go: always through pointers taken at run time, as those of a
 * program that imports its allocator. */
#ifndef BENCH_ALLOCATOR_H
#define BENCH_ALLOCATOR_H

#include "system.h"

typedef void *(*malloc_function)(size_t size);
typedef void (*free_function)(void *block);
typedef void *(*realloc_function)(void *block, size_t size);

static malloc_function allocate_raw;
static free_function release_block;
static realloc_function resize_raw;

/* Whether blocks keep what is written to them: all blocks of the baseline are the same bytes. */
static int blocks_are_real = 1;

static void refuse(const char *why) {
    say("error ");
    say(why);
    end_answer();
    leave(3);
}

static inline unsigned char *allocate_block(size_t size) {
    unsigned char *block = allocate_raw(size);
    if (__builtin_expect(block == 0, 0))
        refuse("out of memory");
    return block;
}

static inline unsigned char *resize_block(unsigned char *block, size_t size) {
    unsigned char *resized = resize_raw(block, size);
    if (__builtin_expect(resized == 0, 0))
        refuse("out of memory");
    return resized;
}

/* The baseline: functions that return at once. No allocator can be faster. */
static unsigned char baseline_block[512 * 1024];

__attribute__((noinline)) static void *baseline_malloc(size_t size) {
    (void)size;
    return baseline_block;
}

__attribute__((noinline)) static void baseline_free(void *block) { (void)block; }

__attribute__((noinline)) static void *baseline_realloc(void *block, size_t size) {
    (void)block;
    (void)size;
    return baseline_block;
}

static void use_baseline(void) {
    allocate_raw = baseline_malloc;
    release_block = baseline_free;
    resize_raw = baseline_realloc;
    blocks_are_real = 0;
}

static void use_functions(void *(*find)(void *place, const char *name), void *place,
                          const char *const names[3]) {
    allocate_raw = (malloc_function)(uintptr_t)find(place, names[0]);
    release_block = (free_function)(uintptr_t)find(place, names[1]);
    resize_raw = (realloc_function)(uintptr_t)find(place, names[2]);
    if (allocate_raw == 0 || release_block == 0 || resize_raw == 0)
        refuse("a function is missing");
}

static void *in_runtime(void *place, const char *name) {
    (void)place;
    return runtime_function(name);
}

static void use_runtime(void) {
    static const char *const names[3] = {"malloc", "free", "realloc"};
    use_functions(in_runtime, 0, names);
}

/* `list` is the names of malloc, free and realloc in that library, with commas between. */
static void use_library(const char *file, char *list) {
    const char *names[3] = {list, "", ""};
    unsigned found = 1;
    void *library = library_open(file);
    if (library == 0)
        refuse("the library can't be loaded");
    for (; *list != 0; list++)
        if (*list == ',' && found < 3) {
            *list = 0;
            names[found++] = list + 1;
        }
    use_functions(library_function, library, names);
}

#endif

#include "exercise.h"

#include "findings.h"
#include "io.h"
#include "memory.h"
#include "settings.h"
#include "variables.h"

#define EXPECT(condition) failures += !(condition)

static uint32_t exercise_crt(const struct Game *f);
static uint32_t exercise_heap(const struct Game *f);
static uint32_t exercise_scrap(const struct Game *f);
static uint32_t exercise_frame(const struct Game *f);
static uint32_t exercise_console(const struct Game *f);
static uint32_t exercise_saves(const struct Game *f);
static int is_zero(const uint8_t *at, uint32_t size);

uint32_t exercise(const struct Game *f) {
    uint32_t failures = 0, before = finding_count(VIOLATION);
    io_settle();
    failures += exercise_crt(f) + exercise_heap(f) + exercise_scrap(f);
    failures += exercise_frame(f) + exercise_console(f) + exercise_saves(f);
    EXPECT(finding_count(VIOLATION) == before);
    return failures;
}

static uint32_t exercise_crt(const struct Game *f) {
    uint32_t failures = 0;
    uint8_t *plain = f->crt_malloc(100), *other = f->crt_malloc_crt(200);
    uint8_t *zeroed = f->crt_calloc(10, 30), *more = f->crt_calloc_crt(7, 9);
    uint8_t *inner = f->crt_calloc_impl(5, 5, 0);
    EXPECT(plain != 0 && other != 0 && plain != other);
    EXPECT(zeroed != 0 && is_zero(zeroed, 300) && more != 0 && is_zero(more, 63));
    EXPECT(inner != 0 && is_zero(inner, 25));
    EXPECT(f->crt_msize(plain) == 100 && f->crt_msize(other) == 200);
    memset(plain, 0x5a, 100);
    plain = f->crt_realloc(plain, 5000);
    EXPECT(plain != 0 && plain[99] == 0x5a && f->crt_msize(plain) == 5000);
    plain = f->crt_realloc_crt(plain, 50);
    EXPECT(plain != 0 && plain[49] == 0x5a);
    plain = f->crt_recalloc(plain, 30, 10);
    EXPECT(plain != 0 && plain[49] == 0x5a && is_zero(plain + 50, 250));
    plain = f->crt_recalloc_crt(plain, 0, 10); /* takes the other way out of recalloc */
    EXPECT(plain == 0);
    plain = f->crt_recalloc_crt(0, 3, 10);
    EXPECT(plain != 0 && is_zero(plain, 30));
    EXPECT(f->crt_malloc(0xffffffe1) == 0 && f->crt_calloc(0x10000, 0x10000) == 0);
    EXPECT(f->crt_malloc_crt(0xffffffe1) == 0 && f->crt_calloc_crt(0x10000, 0x10000) == 0);
    f->crt_free(plain);
    f->crt_free(other);
    f->crt_free(zeroed);
    f->crt_free(more);
    f->crt_free(inner);
    f->crt_free(0);
    return failures;
}

static uint32_t exercise_heap(const struct Game *f) {
    uint32_t failures = 0, context = f->memory_context_get();
    uint8_t *small = f->heap_allocate(MEMORY_HEAP, 20), *large = f->form_allocate(5000);
    uint8_t *ni = f->ni_allocate(0), *fallback = f->heap_fallback_allocate(64);
    EXPECT(small != 0 && large != 0 && ni != 0 && fallback != 0);
    EXPECT(f->form_heap() == MEMORY_HEAP);
    EXPECT(f->heap_msize(MEMORY_HEAP, small) >= 20 && f->heap_msize(MEMORY_HEAP, large) >= 5000);
    memset(small, 0x3c, 20);
    small = f->heap_reallocate(MEMORY_HEAP, small, 3000);
    EXPECT(small != 0 && small[19] == 0x3c);
    small = f->heap_reallocate_2(MEMORY_HEAP, small, 10);
    EXPECT(small != 0 && small[9] == 0x3c);
    f->memory_context_set(MEMORY_CONTEXT_FILE);
    EXPECT(f->memory_context_get() == MEMORY_CONTEXT_FILE);
    f->memory_context_set(context);
    f->heap_free(MEMORY_HEAP, small);
    f->heap_free(MEMORY_HEAP, 0);
    f->form_free(large);
    f->ni_free(ni);
    f->heap_fallback_free(fallback);
    return failures;
}

static uint32_t exercise_scrap(const struct Game *f) {
    uint32_t failures = 0;
    struct ScrapHeap *own = f->scrap_of_thread(), first, second;
    uint8_t *block, *other;
    EXPECT(own != 0 && own == f->scrap_of_thread());
    block = f->scrap_allocate(own, 100, 64);
    other = f->scrap_allocate(own, 100, 4);
    EXPECT(block != 0 && (uintptr_t)block % 64 == 0 && other != 0 && other >= block + 100);
    f->scrap_free(own, block);
    f->scrap_free(own, other);
    EXPECT(f->scrap_allocate(own, 100, 64) == block);
    f->scrap_free(own, block);
    f->scrap_construct(&first);
    f->scrap_construct_sized(&second, 100000);
    EXPECT(f->scrap_allocate(&first, 60000, 16) != 0);
    EXPECT(f->scrap_allocate(&second, 100000, 16) != 0);
    f->scrap_destroy(&first);
    f->scrap_destroy(&second);
    return failures;
}

static uint32_t exercise_frame(const struct Game *f) {
    uint32_t failures = 0, value = LOOP_VALUE;
    f->frame_io();
    f->frame_compact();
    f->frame_destruction();
    f->frame_ai_start();
    EXPECT(AI_THREADS_RUN == 1);
    f->frame_render();
    EXPECT(LOOP_VALUE == value + 1);
    f->present();
    f->frame_after_render(MAIN);
    f->frame_ai_join();
    EXPECT(AI_THREADS_RUN == 0);
    f->frame(MAIN);
    EXPECT(LOOP_VALUE == value + 3);
    return failures;
}

static uint32_t exercise_console(const struct Game *f) {
    static const char line[] = "print \"trampoline\"";
    uint32_t failures = 0;
    struct Script script;
    struct Console *console = f->console_manager(1);
    const char *argument = "one line";
    EXPECT(console != 0);
    f->console_print(console, "%s", &argument);
    EXPECT(f->console_is_open(console) == 0);
    f->script_construct(&script);
    f->script_mark_temporary(&script);
    f->script_set_text(&script, line);
    EXPECT(script.text != line && memcmp(script.text, line, sizeof line) == 0);
    EXPECT(f->script_run(&script, console->script_context, 1, 0) == 1);
    f->script_destroy(&script);
    return failures;
}

/* In a folder that is none, so that nothing is loaded. */
static uint32_t exercise_saves(const struct Game *f) {
    static char kept[SETTING_TEXT_MOST];
    char path[SETTING_TEXT_MOST];
    uint32_t failures = 0;
    memcpy(kept, settings.saves, sizeof kept);
    memcpy(settings.saves, "?:", 3);
    EXPECT(f->saves_load(SAVE_MANAGER, "none", 0, 0, 0) == 0);
    EXPECT(f->saves_load_quicksave(SAVE_MANAGER) == 0);
    f->saves_reload(SAVE_MANAGER);
    EXPECT(f->saves_is_loading() == 0);
    f->saves_folder(SAVE_MANAGER, path);
    EXPECT(memcmp(path, "?:\\", 4) == 0);
    f->saves_path(SAVE_MANAGER, "one", path, 0);
    EXPECT(memcmp(path, "?:\\one.fos", 11) == 0);
    f->saves_file_name(SAVE_MANAGER, "one", path);
    EXPECT(memcmp(path, "one.fos", 8) == 0);
    memcpy(settings.saves, kept, sizeof kept);
    return failures;
}

static int is_zero(const uint8_t *at, uint32_t size) {
    while (size != 0 && *at == 0) {
        at++;
        size--;
    }
    return size == 0;
}

/* What keeps the game's own heaps going. It does nothing here but count, at a place that others can
 * read: a heap replacer that is there before those heaps turns all of it off. */
#ifndef STANDIN_UPKEEP_H
#define STANDIN_UPKEEP_H

#include <stdint.h>

/* How often each was done, in this order in memory (test/falloutnv/upkeep.ts). */
#define UPKEEP_KINDS(KIND)                                                                         \
    KIND(construct_pools)                                                                          \
    KIND(construct_heaps)                                                                          \
    KIND(construct_inner)                                                                          \
    KIND(reset_statistics)                                                                         \
    KIND(purge_pool)                                                                               \
    KIND(purge_pools)                                                                              \
    KIND(unreference_arena)                                                                        \
    KIND(release_arena)                                                                            \
    KIND(construct_scrap_manager)                                                                  \
    KIND(ask_scrap_manager)                                                                        \
    KIND(release_scrap_buffers)                                                                    \
    KIND(late)                                                                                     \
    KIND(set_up_threads)

#define FIELD(name) volatile uint32_t name;
struct Upkeep {
    UPKEEP_KINDS(FIELD)
};
#undef FIELD

/* In a part of the game's variables of which nothing is known. */
#define UPKEEP ((struct Upkeep *)0x012fe000)

/* What is done once, before the first frame. Main thread. */
void upkeep_begin(void);

/* What is done in each frame, behind the AI threads. Main thread. */
void upkeep_frame(void);

#endif

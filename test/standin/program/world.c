#include "world.h"

#include "doomed.h"

#define OBJECTS    0x4000
#define KEPT_SHARE 8 /* one of so many objects outlives a purge */

static struct Block objects[OBJECTS];
static uint32_t next;

void world_adopt(struct Actor *actor, const struct Block *blocks, uint32_t count) {
    uint32_t i;
    for (i = 0; i < count; i++) {
        struct Block *object = &objects[next++ % OBJECTS];
        if (object->at != 0)
            doomed_add(actor, *object);
        *object = blocks[i];
    }
}

void world_purge(struct Actor *actor) {
    uint32_t i;
    for (i = 0; i < OBJECTS; i++) {
        if (objects[i].at == 0 || i % KEPT_SHARE == 0)
            continue;
        doomed_add(actor, objects[i]);
        objects[i].at = 0;
    }
}

void world_check(void) {
    uint32_t i;
    for (i = 0; i < OBJECTS; i++)
        block_check(&objects[i]);
}

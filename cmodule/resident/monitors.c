/* SPDX-License-Identifier: MIT */
/* What is due at intervals, with or without a host: warnings in the log, memory that is returned,
 * and the end of a sampler without a reader. */
#include "memory.h"
#include "state.h"
#include "text.h"

#define SPACE_REUSE_MS 1000u

/* Percent of the address space in use at which to warn, in tenths; Crash Logger warns there, too.
 */
#define SPACE_FIRST_MARK  800u
#define SPACE_SECOND_MARK 925u
#define SPACE_THIRD_MARK  980u
/* How far usage must fall below a mark, in tenths of a percent, before the mark is logged again. */
#define SPACE_HYSTERESIS 20u

#define LINE_BYTES 256u

static void tick(uint32_t now);
static void slow_tick(void);
static void watch_fallbacks(struct ResidentMonitors *monitors, const struct PoolSnapshot *counters);
static void trim_when_idle(struct ResidentMonitors *monitors, struct PoolSnapshot *counters,
                           uint32_t now);
static void watch_address_space(struct ResidentMonitors *monitors);

void monitors_start(void) {
    struct ResidentMonitors *monitors = &resident_own()->monitors;
    uint32_t now = system_milliseconds();
    if (monitors->is_running)
        return;
    monitors->is_running = 1;
    monitors->ticked_at = now;
    monitors->slow_ticked_at = now;
    monitors->grew_at = now;
}

uint32_t monitors_run(void) {
    struct ResidentMonitors *monitors = &resident_own()->monitors;
    uint32_t now = system_milliseconds();
    uint32_t since = now - monitors->ticked_at;
    if (since < RESIDENT_TICK_MS)
        return RESIDENT_TICK_MS - since;
    monitors->ticked_at = now;
    tick(now);
    if (now - monitors->slow_ticked_at >= RESIDENT_SLOW_TICK_MS) {
        monitors->slow_ticked_at = now;
        slow_tick();
    }
    return RESIDENT_TICK_MS;
}

static void tick(uint32_t now) {
    struct ResidentMonitors *monitors = &resident_own()->monitors;
    struct PoolSnapshot counters;
    resident_own()->pool.snapshot(&counters);
    watch_fallbacks(monitors, &counters);
    trim_when_idle(monitors, &counters, now);
}

static void slow_tick(void) {
    struct ResidentOwn *own = resident_own();
    watch_address_space(&own->monitors);
    if (own->pool.sampler_tick != NULL && own->pool.sampler_tick() != 0)
        text_log("sampling stopped: no reader for 30 s\n");
}

/* Logs bursts of requests that the pool could not serve. */
static void watch_fallbacks(struct ResidentMonitors *monitors,
                            const struct PoolSnapshot *counters) {
    uint64_t region_bytes = resident_control()->region_bytes;
    char line[LINE_BYTES];
    struct Text text;
    if (counters->fallback_allocs == monitors->fallbacks)
        return;
    text_begin(&text, line, sizeof line);
    text_add(&text, "warning: ");
    text_add_number(&text, counters->fallback_allocs - monitors->fallbacks);
    text_add(&text, " requests fell back to the original within 5 seconds (");
    text_add_number(&text, counters->fallback_allocs);
    text_add(&text, " in total); the pool holds ");
    text_add_megabytes(&text, counters->current_used);
    text_add(&text, " of ");
    text_add_megabytes(&text, region_bytes);
    text_add(&text, " MB");
    if (counters->pool_size != region_bytes) {
        text_add(&text, ", ");
        text_add_megabytes(&text, counters->pool_size);
        text_add(&text, " of them reserved");
    }
    text_add_byte(&text, '\n');
    resident_log(line, text_length(&text));
    monitors->fallbacks = counters->fallback_allocs;
}

/* Returns wholly free memory to the system when the pool has not grown for some time. */
static void trim_when_idle(struct ResidentMonitors *monitors, struct PoolSnapshot *counters,
                           uint32_t now) {
    uint32_t seconds = resident_state()->trim_idle_seconds;
    char line[LINE_BYTES];
    struct Text text;
    uint64_t returned;
    if (counters->committed > monitors->committed)
        monitors->grew_at = now;
    monitors->committed = counters->committed;
    if (seconds == 0 || (now - monitors->grew_at) / 1000 < seconds)
        return;
    monitors->grew_at = now;
    returned = resident_own()->pool.reset();
    resident_own()->pool.snapshot(counters);
    monitors->committed = counters->committed;
    if (returned == 0)
        return;
    text_begin(&text, line, sizeof line);
    text_add(&text, "idle for ");
    text_add_number(&text, seconds);
    text_add(&text, " s: ");
    text_add_megabytes(&text, returned);
    text_add(&text, " MB returned\n");
    resident_log(line, text_length(&text));
}

/* Whole megabytes, rounded, with the unit. */
static void add_whole_megabytes(struct Text *text, uint64_t bytes) {
    text_add_number(text, (bytes + TEXT_BYTES_PER_MB / 2) >> 20);
    text_add(text, " MB");
}

static void warn_of_address_space(const struct ResidentSnapshot *space) {
    uint64_t used = space->space_total - space->space_free, rest;
    struct PoolSnapshot counters;
    char line[LINE_BYTES];
    struct Text text;
    resident_own()->pool.snapshot(&counters);
    text_begin(&text, line, sizeof line);
    text_add(&text, "warning: ");
    text_add_tenths(&text,
                    text_divide(1000 * used + space->space_total / 2, space->space_total, &rest));
    text_add(&text, " % of the address space is in use (");
    add_whole_megabytes(&text, space->space_free);
    text_add(&text, " free, the largest hole ");
    add_whole_megabytes(&text, space->largest_hole);
    text_add(&text, "); the pool has ");
    add_whole_megabytes(&text, counters.pool_size);
    text_add(&text, " of it, ");
    add_whole_megabytes(&text, counters.committed);
    text_add(&text, " in use\n");
    resident_log(line, text_length(&text));
}

/* Warns in the log when a 32-bit program runs out of address space, whatever uses it. A warning
 * from a lower bound may be false. */
static void watch_address_space(struct ResidentMonitors *monitors) {
    struct ResidentSnapshot *space = &resident_own()->space;
    uint64_t used, total;
    uint32_t reached, logged = monitors->space_logged;
    monitors_measure_space(space);
    if (!space->has_space || space->is_lower_bound)
        return;
    total = space->space_total;
    used = 1000 * (total - space->space_free);
    reached = used >= SPACE_THIRD_MARK * total    ? SPACE_THIRD_MARK
              : used >= SPACE_SECOND_MARK * total ? SPACE_SECOND_MARK
              : used >= SPACE_FIRST_MARK * total  ? SPACE_FIRST_MARK
                                                  : 0;
    if (reached > logged) {
        warn_of_address_space(space);
        monitors->space_logged = reached;
    } else if (logged > 0 && used < (logged - SPACE_HYSTERESIS) * total) {
        monitors->space_logged = reached;
    }
}

void monitors_measure_space(struct ResidentSnapshot *out) {
    struct ResidentMonitors *monitors = &resident_own()->monitors;
    struct ResidentSnapshot *space = &resident_own()->space;
    uint32_t now = system_milliseconds();
    if (!monitors->has_space || now - monitors->space_at >= SPACE_REUSE_MS) {
        memset(space, 0, offsetof(struct ResidentSnapshot, pool));
        system_address_space(space);
        monitors->has_space = 1;
        monitors->space_at = now;
    }
    if (out != space)
        memcpy(out, space, offsetof(struct ResidentSnapshot, pool));
}

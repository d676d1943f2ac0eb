/* SPDX-License-Identifier: MIT */
#include "memory.h"
#include "state.h"

#define WATCHED_MS 2000u /* since a host asked last */
#define PAUSE_MS   500u

void resident_record_exception(uint32_t kind, uint64_t address) {
    struct ResidentRecords *records = &resident_own()->records;
    uint32_t index;
    struct ResidentSeen *seen;
    if (RESIDENT_LOAD(records->taken) >= RESIDENT_EXCEPTION_LIMIT)
        return;
    index = resident_add(&records->taken, 1);
    if (index >= RESIDENT_EXCEPTION_LIMIT)
        return;
    seen = &records->seen[index];
    seen->kind = kind;
    seen->address = address;
    RESIDENT_STORE(seen->unused, 1);
    if (system_milliseconds() - RESIDENT_LOAD(records->asked_at) < WATCHED_MS)
        system_pause(PAUSE_MS);
}

void resident_read_exceptions(struct ResidentExceptions *out) {
    struct ResidentRecords *records = &resident_own()->records;
    RESIDENT_STORE(records->asked_at, system_milliseconds());
    if (!records->is_watching) {
        records->is_watching = 1;
        system_watch_exceptions();
    }
    memset(out, 0, sizeof *out);
    while (out->count < RESIDENT_EXCEPTION_LIMIT &&
           RESIDENT_LOAD(records->seen[out->count].unused)) {
        out->seen[out->count].kind = records->seen[out->count].kind;
        out->seen[out->count].address = records->seen[out->count].address;
        out->count++;
    }
}

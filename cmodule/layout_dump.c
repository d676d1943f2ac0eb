/* SPDX-License-Identifier: MIT */
/* Prints agent/generated/layout.ts: where things are in the structures that the agent and the host
 * read. The offsets are the same in 32-bit and 64-bit programs; building this for both and
 * comparing what they print is the test of that.
 *
 *   cc -std=gnu11 layout_dump.c -o /tmp/layout_dump
 *   /tmp/layout_dump > ../agent/generated/layout.ts
 */
#define POOLNV_NATIVE       1
#define POOLNV_CONTROL      0
#define POOLNV_REGION       0
#define POOLNV_REGION_BYTES 0

#include <stdio.h>

#include "arm.h"
#include "crt_family.h"
#include "game_desk.h"
#include "pool.h"

#define CONTROL(name, kind, count)                                                                 \
    printf("    %s: { offset: %u, type: \"%s\", count: %u },\n", #name,                            \
           (unsigned)offsetof(struct PoolControl, name), (kind), (unsigned)(count));
#define CONTROL_U32(name)          CONTROL(name, "u32", 1)
#define CONTROL_I32(name)          CONTROL(name, "i32", 1)
#define CONTROL_U64(name)          CONTROL(name, "u64", 1)
#define CONTROL_WORDS(name, count) CONTROL(name, "u64", count)
#define CONTROL_TEXT(name, bytes)  CONTROL(name, "text", bytes)

#define STAT(name)          printf("    %s: %u,\n", #name, (unsigned)offsetof(struct PoolSnapshot, name));
#define ROW(name)           printf("    %s: %u,\n", #name, (unsigned)offsetof(struct PoolHistogramRow, name));
#define NUMBER(name, value) printf("export const %s = %u;\n", (name), (unsigned)(value))
#define FAMILY(name, needed)                                                                       \
    printf("    { name: \"%s\", needed: %s },\n", #name, (needed) ? "true" : "false");

static void family(const char *name) {
    printf("\nexport const %s = [\n", name);
    POOL_CRT_COMMON(FAMILY)
}

#define PLAN(name)          printf("    %s: %u,\n", #name, (unsigned)offsetof(struct ArmPlan, name));
#define SITE(name)          printf("    %s: %u,\n", #name, (unsigned)offsetof(struct ArmSite, name));
#define STATUS(name, value) printf("    %s: %d,\n", (name), (value));

static void arm_layout(void) {
    printf("\n/** struct ArmPlan: what arming will write. */\n");
    NUMBER("armPlanBytes", sizeof(struct ArmPlan));
    NUMBER("armSiteBytes", sizeof(struct ArmSite));
    NUMBER("armSiteLimit", ARM_SITE_LIMIT);
    NUMBER("armPatchLimit", ARM_PATCH_LIMIT);
    printf("export const armPlanLayout = {\n");
    PLAN(site_count)
    PLAN(stack_top)
    PLAN(sites)
    printf("} as const;\nexport const armSiteLayout = {\n");
    SITE(address)
    SITE(length)
    SITE(protection)
    SITE(before)
    SITE(after)
    printf("} as const;\n\n/** enum ArmStatus. */\nexport const armStatus = {\n");
    STATUS("done", ARM_DONE)
    STATUS("notTried", ARM_NOT_TRIED)
    STATUS("siteChanged", ARM_SITE_CHANGED)
    STATUS("notWritable", ARM_NOT_WRITABLE)
    STATUS("mayNotStop", ARM_MAY_NOT_STOP)
    STATUS("wouldNotStop", ARM_WOULD_NOT_STOP)
    STATUS("tooManyThreads", ARM_TOO_MANY_THREADS)
    printf("} as const;\n");
}

#define PAGE(name)   printf("    %s: %u,\n", #name, (unsigned)offsetof(struct CallersPage, name));
#define CALLER(name) printf("    %s: %u,\n", #name, (unsigned)offsetof(struct CallerRow, name));

static void callers_layout(void) {
    printf("\n/** Calls to a sample at most. */\n");
    NUMBER("callersLargest", CALLERS_LARGEST);
    printf("\n/** struct CallersPage: u32, but for samples and unplaced, which are u64. */\n");
    NUMBER("callersPageBytes", sizeof(struct CallersPage));
    NUMBER("callersPageRows", CALLERS_PAGE);
    printf("export const callersPageLayout = {\n");
    PAGE(one_in)
    PAGE(epoch)
    PAGE(samples)
    PAGE(unplaced)
    PAGE(next)
    PAGE(count)
    PAGE(rows)
    printf("} as const;\n\n/** A row of it: u64 each, a chain of so many. */\n");
    NUMBER("callerRowBytes", sizeof(struct CallerRow));
    NUMBER("callerChainLength", CALLERS_DEPTH);
    printf("export const callerRowLayout = {\n");
    CALLER(chain)
    CALLER(samples)
    CALLER(bytes)
    printf("} as const;\n");
}

int main(void) {
    printf("// Written by cmodule/layout_dump.c. Do not edit.\n\n");
    printf("/** The bytes of POOL_CONTROL_MAGIC as they stand in memory. */\n");
    printf("export const controlMagic = \"POOLNV\\r\\n\";\n");
    NUMBER("controlVersion", POOL_CONTROL_VERSION);
    NUMBER("controlBytes", sizeof(struct PoolControl));
    NUMBER("snapshotVersion", POOL_SNAPSHOT_VERSION);
    NUMBER("snapshotBytes", sizeof(struct PoolSnapshot));
    NUMBER("pageBytes", POOL_PAGE_BYTES);
    NUMBER("pageEntryBytes", sizeof(struct PoolPage));
    NUMBER("cachesOffset", POOL_CACHES_OFFSET);
    NUMBER("cacheCount", POOL_CACHE_COUNT);
    NUMBER("cacheBytes32", POOL_CACHE_BYTES_32);
    NUMBER("cacheBytes64", POOL_CACHE_BYTES_64);
    NUMBER("scrapBytes", POOL_SCRAP_BYTES);
    NUMBER("callersBytes", POOL_CALLERS_BYTES);
    NUMBER("regionAlignment", 0x10000);
    NUMBER("regionLimit", 0xFFFF0000u);
    NUMBER("headerBytes", POOL_HEADER);
    NUMBER("headerMagic", POOL_MAGIC_LIVE);

    printf("\n/** Bytes of the metadata mapping that belongs to a region: zeroed, readable and "
           "writable. */\n");
    printf("export function metadataBytes(regionBytes: number, pointerBytes: number): number {\n");
    printf("    const entries = Math.floor(regionBytes / pageBytes) + 1;\n");
    printf("    const table = Math.ceil(entries / 2) * 2 * pageEntryBytes;\n");
    printf("    const caches = cacheCount * (pointerBytes === 8 ? cacheBytes64 : cacheBytes32);\n");
    printf("    return Math.ceil((cachesOffset + caches + scrapBytes + callersBytes + table) / "
           "0x10000) * "
           "0x10000;\n}\n");

    printf("\nexport const stages = { empty: %d, prepared: %d, arming: %d, armed: %d } as const;\n",
           POOL_STAGE_EMPTY, POOL_STAGE_PREPARED, POOL_STAGE_ARMING, POOL_STAGE_ARMED);
    printf("export const strategies = { recycle: %d, bump: %d } as const;\n", POOL_RECYCLE,
           POOL_BUMP);
    printf("export const layerBits = { crt: %d, gameheap: %d, scrapheap: %d } as const;\n",
           POOL_LAYER_CRT, POOL_LAYER_GAMEHEAP, POOL_LAYER_SCRAPHEAP);
    printf("export const groups = { small: %d, medium: %d, large: %d, huge: %d } as const;\n",
           POOL_GROUP_SMALL, POOL_GROUP_MEDIUM, POOL_GROUP_LARGE, POOL_GROUP_HUGE);

    printf("\n/** enum DeskOrder */\n");
    printf("export const deskOrders = { run: %d, print: %d, state: %d, cancel: %d, frames: %d } as "
           "const;\n",
           DESK_RUN, DESK_PRINT, DESK_STATE, DESK_CANCEL, DESK_FRAMES);
    printf("/** enum DeskState, those that work can be in. */\n");
    printf(
        "export const deskStates = { waiting: %d, running: %d, done: %d, failed: %d } as const;\n",
        DESK_WAITING, DESK_RUNNING, DESK_DONE, DESK_FAILED);
    NUMBER("deskBytes", sizeof(struct Desk));
    NUMBER("deskTextBytes", DESK_TEXT_BYTES);

    printf(
        "\n/** Address space that is reserved at a time, where the region is not reserved whole. "
        "*/\n");
    NUMBER("segmentBytes", 1u << POOL_SEGMENT_SHIFT);

    printf("\n/** struct PoolControl. `count` is in units of `type`; text is UTF-8, a byte each. "
           "*/\n");
    printf("export const controlLayout = {\n");
    POOL_CONTROL_FIELDS(CONTROL_U32, CONTROL_I32, CONTROL_U64, CONTROL_WORDS, CONTROL_TEXT)
    printf("} as const;\n");

    printf("\n/** struct PoolSnapshot: every counter is a u64 at that offset. */\n");
    printf("export const snapshotLayout = {\n");
    POOL_STAT_FIELDS(STAT)
    printf("} as const;\n\n");
    NUMBER("snapshotBytesOffset", offsetof(struct PoolSnapshot, bytes));
    NUMBER("snapshotVersionOffset", offsetof(struct PoolSnapshot, version));
    NUMBER("snapshotClassCountOffset", offsetof(struct PoolSnapshot, class_count));
    NUMBER("snapshotClassesOffset", offsetof(struct PoolSnapshot, classes));
    NUMBER("snapshotClassBytes", sizeof(struct PoolHistogramRow));
    NUMBER("snapshotClassLimit", POOL_CLASS_LIMIT);
    printf("\n/** A row of the histogram: u64 each. */\n");
    printf("export const snapshotClassLayout = {\n");
    ROW(max_size)
    ROW(live)
    ROW(total)
    printf("} as const;\n");

    callers_layout();
    printf(
        "\n/** The functions hooked together; each name has a replace_<name> in the C module. */");
    family("crtFamilyLinux");
    POOL_CRT_LINUX(FAMILY)
    printf("] as const;\n");
    family("crtFamilyWindows");
    POOL_CRT_WINDOWS(FAMILY)
    printf("] as const;\n");
    arm_layout();
    return 0;
}

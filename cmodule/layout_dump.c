/* SPDX-License-Identifier: MIT */
/* Prints the layout of the structures that agents and hosts read: as shared/layout.ts or,
 * with --markdown, as the tables of docs/memory-layout.md. The output is the same in 32-bit and
 * 64-bit programs, which proves that the formats are. `node tools/write-layout.mjs` updates both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooks/crt_family.h"
#include "hooks/main_thread.h"
#include "patch/patch.h"
#include "pool/types.h"
#include "resident/resident.h"

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

#define HEAP_IMPORT(name, inner) printf("    { name: \"%s\", inner: \"%s\" },\n", #name, #inner);

static void heap_imports(void) {
    printf("\n/** Functions of the system's heap that a C runtime of Windows imports; each has an "
           "import_<name>. */\n");
    printf("export const heapImports = [\n");
    POOL_HEAP_IMPORTS(HEAP_IMPORT)
    printf("] as const;\n");
}

static void family(const char *name) {
    printf("\nexport const %s = [\n", name);
    POOL_CRT_COMMON(FAMILY)
}

#define PLAN(name)          printf("    %s: %u,\n", #name, (unsigned)offsetof(struct PatchPlan, name));
#define SITE(name)          printf("    %s: %u,\n", #name, (unsigned)offsetof(struct PatchSite, name));
#define STATUS(name, value) printf("    %s: %d,\n", (name), (value));

static void patch_layout(void) {
    printf("\n/** struct PatchPlan: the bytes to write. */\n");
    NUMBER("patchPlanBytes", sizeof(struct PatchPlan));
    NUMBER("patchSiteBytes", sizeof(struct PatchSite));
    NUMBER("patchSiteLimit", PATCH_SITE_LIMIT);
    NUMBER("patchBytesLimit", PATCH_BYTES_LIMIT);
    printf("export const patchPlanLayout = {\n");
    PLAN(site_count)
    PLAN(stack_top)
    PLAN(sites)
    printf("} as const;\nexport const patchSiteLayout = {\n");
    SITE(address)
    SITE(length)
    SITE(protection)
    SITE(before)
    SITE(after)
    printf("} as const;\n\n/** enum PatchStatus. */\nexport const patchStatus = {\n");
    STATUS("done", PATCH_DONE)
    STATUS("notTried", PATCH_NOT_TRIED)
    STATUS("siteChanged", PATCH_SITE_CHANGED)
    STATUS("notWritable", PATCH_NOT_WRITABLE)
    STATUS("suspendDenied", PATCH_SUSPEND_DENIED)
    STATUS("threadsBusy", PATCH_THREADS_BUSY)
    STATUS("tooManyThreads", PATCH_TOO_MANY_THREADS)
    printf("} as const;\n");
}

#define PAGE(name)   printf("    %s: %u,\n", #name, (unsigned)offsetof(struct SamplerPage, name));
#define CALLER(name) printf("    %s: %u,\n", #name, (unsigned)offsetof(struct SamplerRow, name));

static void sampler_layout(void) {
    printf("\n/** The largest sampling interval, in calls. */\n");
    NUMBER("sampleIntervalMax", SAMPLE_INTERVAL_MAX);
    printf("\n/** struct SamplerPage: u32, but for samples and dropped, which are u64. */\n");
    NUMBER("samplerPageBytes", sizeof(struct SamplerPage));
    NUMBER("samplerPageRows", SAMPLER_PAGE_ROWS);
    printf("export const samplerPageLayout = {\n");
    PAGE(sample_interval)
    PAGE(epoch)
    PAGE(samples)
    PAGE(dropped)
    PAGE(next)
    PAGE(count)
    PAGE(rows)
    printf(
        "} as const;\n\n/** struct SamplerRow: u64 each; the chain has samplerDepth of them. */\n");
    NUMBER("samplerRowBytes", sizeof(struct SamplerRow));
    NUMBER("samplerDepth", SAMPLER_DEPTH);
    printf("export const samplerRowLayout = {\n");
    CALLER(chain)
    CALLER(samples)
    CALLER(bytes)
    printf("} as const;\n");
}

#define REQUEST(name, number) printf("    %s: %d,\n", #name, (number));
#define AT(type, name)        printf("    %s: %u,\n", #name, (unsigned)offsetof(struct type, name));
#define LAYOUT(constant, type)                                                                     \
    printf("\n/** struct %s. */\nexport const %s = {\n", #type, (constant));
#define LAYOUT_END printf("} as const;\n");

static void resident_layout(void) {
    printf("\n/** enum ResidentRequest: what a resident can be asked. */\n"
           "export const residentRequests = {\n");
    RESIDENT_REQUESTS(REQUEST)
    LAYOUT_END
    NUMBER("residentLastRequest", RESIDENT_LAST_REQUEST);
    printf("/** enum ResidentStatus. */\nexport const residentStatus = {\n");
    STATUS("ok", RESIDENT_OK)
    STATUS("unknown", RESIDENT_UNKNOWN)
    STATUS("invalid", RESIDENT_INVALID)
    STATUS("unavailable", RESIDENT_UNAVAILABLE)
    LAYOUT_END
    printf("/** enum ResidentOrder. */\nexport const residentOrder = {\n");
    STATUS("none", RESIDENT_ORDER_NONE)
    STATUS("hook", RESIDENT_ORDER_HOOK)
    STATUS("stop", RESIDENT_ORDER_STOP)
    LAYOUT_END
    printf(
        "/** enum PoolSystem. */\nexport const poolSystem = { linux: %d, windows: %d } as const;\n",
        POOL_SYSTEM_LINUX, POOL_SYSTEM_WINDOWS);
    printf("/** enum ResidentLoading. */\nexport const residentLoading = { no: %d, yes: %d, "
           "noManager: %d } "
           "as const;\n",
           RESIDENT_NOT_LOADING, RESIDENT_LOADING, RESIDENT_NO_SAVE_MANAGER);
    printf(
        "/** enum ResidentException, by Frida's names. */\nexport const residentExceptions = {\n");
    STATUS("abort", RESIDENT_ABORT)
    STATUS("\"access-violation\"", RESIDENT_ACCESS_VIOLATION)
    STATUS("\"illegal-instruction\"", RESIDENT_ILLEGAL_INSTRUCTION)
    STATUS("arithmetic", RESIDENT_ARITHMETIC)
    LAYOUT_END
    printf("\n/** The bytes of MAILBOX_MARK in memory. */\n");
    printf("export const mailboxMark = \"POOLNVMB\";\n");
    NUMBER("mailboxSlots", MAILBOX_SLOTS);
    NUMBER("mailboxSlotBytes", MAILBOX_SLOT_BYTES);
    NUMBER("mailboxDataBytes", MAILBOX_DATA_BYTES);
    NUMBER("mailboxBytes", sizeof(struct Mailbox));
    NUMBER("mailboxMarkOffset", offsetof(struct Mailbox, mark));
    LAYOUT("mailboxSlotLayout", MailboxSlot)
    AT(MailboxSlot, request)
    AT(MailboxSlot, answer)
    AT(MailboxSlot, body)
    LAYOUT_END
    LAYOUT("mailboxBodyLayout", MailboxBody)
    AT(MailboxBody, number)
    AT(MailboxBody, code)
    AT(MailboxBody, bytes)
    AT(MailboxBody, data)
    LAYOUT_END
    LAYOUT("residentSnapshotLayout", ResidentSnapshot)
    AT(ResidentSnapshot, space_total)
    AT(ResidentSnapshot, space_free)
    AT(ResidentSnapshot, largest_hole)
    AT(ResidentSnapshot, has_space)
    AT(ResidentSnapshot, is_lower_bound)
    AT(ResidentSnapshot, pool)
    LAYOUT_END
    NUMBER("residentTextBytes", RESIDENT_TEXT_BYTES);
    NUMBER("residentWorkBytes", sizeof(struct ResidentWork));
    LAYOUT("residentWorkLayout", ResidentWork)
    AT(ResidentWork, op)
    AT(ResidentWork, ticket)
    AT(ResidentWork, text)
    LAYOUT_END
    LAYOUT("residentGameStateLayout", ResidentGameState)
    AT(ResidentGameState, frames)
    AT(ResidentGameState, loading)
    LAYOUT_END
    NUMBER("residentExceptionLimit", RESIDENT_EXCEPTION_LIMIT);
    LAYOUT("residentExceptionsLayout", ResidentExceptions)
    AT(ResidentExceptions, count)
    AT(ResidentExceptions, seen)
    LAYOUT_END
    NUMBER("residentSeenBytes", sizeof(struct ResidentSeen));
    LAYOUT("residentSeenLayout", ResidentSeen)
    AT(ResidentSeen, kind)
    AT(ResidentSeen, address)
    LAYOUT_END
    NUMBER("residentModulesHeadBytes", sizeof(struct ResidentModules));
    LAYOUT("residentModulesLayout", ResidentModules)
    AT(ResidentModules, count)
    AT(ResidentModules, next)
    LAYOUT_END
    NUMBER("residentModuleHeadBytes", sizeof(struct ResidentModule));
    LAYOUT("residentModuleLayout", ResidentModule)
    AT(ResidentModule, base)
    AT(ResidentModule, bytes)
    AT(ResidentModule, path_bytes)
    LAYOUT_END
    NUMBER("residentBytes", sizeof(struct Resident));
    LAYOUT("residentLayout", Resident)
    AT(Resident, mailbox)
    AT(Resident, control)
    AT(Resident, order)
    AT(Resident, ordered)
    AT(Resident, trim_idle_seconds)
    AT(Resident, loading_flag)
    AT(Resident, loading_manager)
    AT(Resident, sampler_tick)
    AT(Resident, is_wine)
    AT(Resident, log_file)
    AT(Resident, log_file_wide)
    AT(Resident, mailbox_file)
    AT(Resident, mailbox_folder)
    LAYOUT_END
}

static void print_typescript(void) {
    printf("// Written by cmodule/layout_dump.c. Do not edit.\n\n");
    printf("/** The bytes of POOL_CONTROL_MAGIC in memory. */\n");
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
    NUMBER("samplerBytes", POOL_SAMPLER_BYTES);
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
    printf("    return Math.ceil((cachesOffset + caches + scrapBytes + samplerBytes + table) / "
           "0x10000) * "
           "0x10000;\n}\n");

    printf(
        "\nexport const stages = { empty: %d, prepared: %d, patching: %d, hooked: %d } as const;\n",
        POOL_STAGE_EMPTY, POOL_STAGE_PREPARED, POOL_STAGE_PATCHING, POOL_STAGE_HOOKED);
    printf("export const strategies = { recycle: %d, bump: %d } as const;\n", POOL_RECYCLE,
           POOL_BUMP);
    printf("export const layerBits = { crt: %d, gameheap: %d, scrapheap: %d } as const;\n",
           POOL_LAYER_CRT, POOL_LAYER_GAMEHEAP, POOL_LAYER_SCRAPHEAP);
    printf("export const arenas = { small: %d, medium: %d, large: %d, huge: %d } as const;\n",
           POOL_ARENA_SMALL, POOL_ARENA_MEDIUM, POOL_ARENA_LARGE, POOL_ARENA_HUGE);

    printf("\n/** enum MainThreadOp */\n");
    printf(
        "export const mainThreadOps = { run: %d, print: %d, state: %d, cancel: %d, frames: %d } as "
        "const;\n",
        MAIN_THREAD_RUN, MAIN_THREAD_PRINT, MAIN_THREAD_STATE, MAIN_THREAD_CANCEL,
        MAIN_THREAD_FRAMES);
    printf("/** enum MainThreadState, the states of queued work. */\n");
    printf("export const mainThreadStates = { waiting: %d, running: %d, done: %d, failed: %d } as "
           "const;\n",
           MAIN_THREAD_WAITING, MAIN_THREAD_RUNNING, MAIN_THREAD_DONE, MAIN_THREAD_FAILED);
    NUMBER("mainThreadBytes", sizeof(struct MainThreadQueue));
    NUMBER("mainThreadTextBytes", MAIN_THREAD_TEXT_BYTES);

    printf("\n/** Address space reserved at a time if the region is segmented. "
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

    sampler_layout();
    printf(
        "\n/** The functions hooked together; each name has a replace_<name> in the C module. */");
    family("crtFamilyLinux");
    POOL_CRT_LINUX(FAMILY)
    printf("] as const;\n");
    family("crtFamilyWindows");
    POOL_CRT_WINDOWS(FAMILY)
    printf("] as const;\n");
    heap_imports();
    patch_layout();
    resident_layout();
}

/* ---- tables of docs/memory-layout.md ---- */

#define TABLE_ROWS 64
#define TABLE_COLS 4
#define CELL_BYTES 61 /* no cell is longer than 60 characters */

static struct {
    char cells[TABLE_ROWS][TABLE_COLS][CELL_BYTES];
    int rows, columns;
} table;

/* Adds a row; the first one is the heading. Missing cells are NULL. */
static void row(const char *first, const char *second, const char *third, const char *fourth) {
    const char *cells[TABLE_COLS];
    int column;

    cells[0] = first;
    cells[1] = second;
    cells[2] = third;
    cells[3] = fourth;
    for (column = 0; column < TABLE_COLS && cells[column] != NULL; column++) {
        if (table.rows == TABLE_ROWS || strlen(cells[column]) >= CELL_BYTES)
            abort();
        strcpy(table.cells[table.rows][column], cells[column]);
    }
    table.columns = column;
    table.rows++;
}

/* Prints the rows between markers, padded as prettier pads them, and clears the table. */
static void table_print(const char *name) {
    int width[TABLE_COLS] = {3, 3, 3, 3}, index, column;

    for (index = 0; index < table.rows; index++)
        for (column = 0; column < table.columns; column++)
            if ((int)strlen(table.cells[index][column]) > width[column])
                width[column] = (int)strlen(table.cells[index][column]);
    printf("<!-- layout:%s -->\n\n", name);
    for (index = 0; index < table.rows; index++) {
        for (column = 0; column < table.columns; column++)
            printf("| %-*s ", width[column], table.cells[index][column]);
        printf("|\n");
        for (column = 0; index == 0 && column < table.columns; column++)
            printf("| %.*s ", width[column],
                   "------------------------------------------------------------");
        if (index == 0)
            printf("|\n");
    }
    printf("\n<!-- /layout:%s -->\n", name);
    memset(&table, 0, sizeof table);
}

static const char *number(const char *format, unsigned value) {
    static char text[8][CELL_BYTES];
    static unsigned next;

    next = (next + 1) % 8;
    snprintf(text[next], CELL_BYTES, format, value);
    return text[next];
}

#define OFFSET(type, name)      number("%u", (unsigned)offsetof(struct type, name))
#define CONTROL_ROW(name, kind) row(OFFSET(PoolControl, name), (kind), #name, NULL);

#define CONTROL_ROW_U32(name)          CONTROL_ROW(name, "u32")
#define CONTROL_ROW_I32(name)          CONTROL_ROW(name, "i32")
#define CONTROL_ROW_U64(name)          CONTROL_ROW(name, "u64")
#define CONTROL_ROW_WORDS(name, count) CONTROL_ROW(name, number("%u u64", count))
#define CONTROL_ROW_TEXT(name, bytes)  CONTROL_ROW(name, number("%u bytes", bytes))

static void control_table(void) {
    row("offset", "type", "field", NULL);
    POOL_CONTROL_FIELDS(CONTROL_ROW_U32, CONTROL_ROW_I32, CONTROL_ROW_U64, CONTROL_ROW_WORDS,
                        CONTROL_ROW_TEXT)
    row(number("%u", sizeof(struct PoolControl)), "", "end", NULL);
    table_print("control");
}

#define STAT_ROW(name) row(OFFSET(PoolSnapshot, name), "u64", #name, NULL);

static void snapshot_table(void) {
    row("offset", "type", "field", NULL);
    row(OFFSET(PoolSnapshot, bytes), "u32", "bytes", NULL);
    row(OFFSET(PoolSnapshot, version), "u32", "version", NULL);
    POOL_STAT_FIELDS(STAT_ROW)
    row(OFFSET(PoolSnapshot, class_count), "u32", "class_count", NULL);
    row(OFFSET(PoolSnapshot, reserved), "u32", "reserved", NULL);
    row(OFFSET(PoolSnapshot, classes), number("%u rows", POOL_CLASS_LIMIT), "classes", NULL);
    row(number("%u", sizeof(struct PoolSnapshot)), "", "end", NULL);
    table_print("snapshot");
}

#define BEFORE(name) number("%u", POOL_HEADER - (unsigned)offsetof(struct AllocHeader, name))

static void header_table(void) {
    row("bytes before", "field", "live", "free, in a span");
    row(BEFORE(size), "size", "bytes requested", "offset of the next free block, or 0");
    row(BEFORE(tag), "tag", "address ^ size ^ key", "the same");
    row(BEFORE(magic), "magic", number("0x%X", POOL_MAGIC_LIVE), number("0x%X", POOL_MAGIC_FREE));
    table_print("header");
}

/* `before`: bytes before the row that are the same in both; `caches`: thread caches before it. */
static void map_row(unsigned before, unsigned caches, const char *content) {
    row(number("0x%X", before + caches * POOL_CACHE_BYTES_32),
        number("0x%X", before + caches * POOL_CACHE_BYTES_64), content, NULL);
}

static void map_table(void) {
    row("32 bits", "64 bits", "content", NULL);
    map_row(0, 0, number("struct PoolControl, %u bytes", sizeof(struct PoolControl)));
    map_row(POOL_STATE_OFFSET, 0, "struct PoolState");
    map_row(POOL_READABLE_OFFSET, 0, "a byte for each chunk: 1 if committed");
    map_row(POOL_CLASSES_OFFSET, 0, "a byte for each page: 1 + size class of its span, or 0");
    map_row(POOL_CACHES_OFFSET, 0, number("thread caches, %u", POOL_CACHE_COUNT));
    map_row(POOL_CACHES_OFFSET, POOL_CACHE_COUNT,
            number("records of scrap heaps, 0x%X bytes", POOL_SCRAP_BYTES));
    map_row(POOL_CACHES_OFFSET + POOL_SCRAP_BYTES, POOL_CACHE_COUNT,
            number("page table, %u bytes for each page and one more", sizeof(struct PoolPage)));
    row("behind it", "behind it", number("sampler, 0x%X bytes", POOL_SAMPLER_BYTES), NULL);
    table_print("map");
}

#define PAGE_ROW(name, meaning) row(OFFSET(PoolPage, name), #name, (meaning), NULL)

static void page_table(void) {
    row("offset", "field", "meaning", NULL);
    PAGE_ROW(tag, "kind; of spans and scrap chunks also class and head");
    PAGE_ROW(pages, "pages in the run");
    PAGE_ROW(next, "next partial span, or next run in the bin");
    PAGE_ROW(prev, "the one before it");
    PAGE_ROW(free, "span: offset of the first free block");
    PAGE_ROW(carved, "span: bytes carved");
    PAGE_ROW(in_use, "span: blocks in use; scrap chunk: its line");
    PAGE_ROW(chunk_key, "scrap chunk: key in the tags of its blocks");
    table_print("page");
}

int main(int count, char **arguments) {
    if (count < 2) {
        print_typescript();
        return 0;
    }
    if (strcmp(arguments[1], "--markdown") != 0)
        return 2;
    map_table();
    page_table();
    header_table();
    control_table();
    snapshot_table();
    return 0;
}

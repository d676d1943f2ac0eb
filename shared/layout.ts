// Written by cmodule/layout_dump.c. Do not edit.

/** The bytes of POOL_CONTROL_MAGIC in memory. */
export const controlMagic = "POOLNV\r\n";
export const controlVersion = 6;
export const controlBytes = 1848;
export const snapshotVersion = 3;
export const snapshotBytes = 2472;
export const pageBytes = 8192;
export const pageEntryBytes = 32;
export const cachesOffset = 655360;
export const cacheCount = 132;
export const cacheBytes32 = 32768;
export const cacheBytes64 = 65536;
export const scrapBytes = 65536;
export const samplerBytes = 196608;
export const regionAlignment = 65536;
export const regionLimit = 4294901760;
export const headerBytes = 12;
export const headerMagic = 3735928559;

/** Bytes of the metadata mapping that belongs to a region: zeroed, readable and writable. */
export function metadataBytes(regionBytes: number, pointerBytes: number): number {
    const entries = Math.floor(regionBytes / pageBytes) + 1;
    const table = Math.ceil(entries / 2) * 2 * pageEntryBytes;
    const caches = cacheCount * (pointerBytes === 8 ? cacheBytes64 : cacheBytes32);
    return Math.ceil((cachesOffset + caches + scrapBytes + samplerBytes + table) / 0x10000) * 0x10000;
}

export const stages = { empty: 0, prepared: 1, patching: 2, hooked: 3 } as const;
export const strategies = { recycle: 0, bump: 1 } as const;
export const layerBits = { crt: 1, gameheap: 2, scrapheap: 4 } as const;
export const arenas = { small: 0, medium: 1, large: 2, huge: 3 } as const;

/** enum MainThreadOp */
export const mainThreadOps = { run: 0, print: 1, state: 2, cancel: 3, frames: 4 } as const;
/** enum MainThreadState, the states of queued work. */
export const mainThreadStates = { waiting: 2, running: 3, done: 4, failed: 5 } as const;
export const mainThreadBytes = 4176;
export const mainThreadTextBytes = 512;

/** Address space reserved at a time if the region is segmented. */
export const segmentBytes = 16777216;

/** struct PoolControl. `count` is in units of `type`; text is UTF-8, a byte each. */
export const controlLayout = {
    magic: { offset: 0, type: "u64", count: 1 },
    bytes: { offset: 8, type: "u32", count: 1 },
    version: { offset: 12, type: "u32", count: 1 },
    self: { offset: 16, type: "u64", count: 1 },
    pid: { offset: 24, type: "u32", count: 1 },
    stage: { offset: 28, type: "u32", count: 1 },
    region_base: { offset: 32, type: "u64", count: 1 },
    region_bytes: { offset: 40, type: "u64", count: 1 },
    requested_bytes: { offset: 48, type: "u64", count: 1 },
    strategy: { offset: 56, type: "u32", count: 1 },
    active: { offset: 60, type: "u32", count: 1 },
    metadata_bytes: { offset: 64, type: "u64", count: 1 },
    snapshot: { offset: 72, type: "u64", count: 1 },
    set_active: { offset: 80, type: "u64", count: 1 },
    reset: { offset: 88, type: "u64", count: 1 },
    write_hooks: { offset: 96, type: "u64", count: 1 },
    quarantine_bytes: { offset: 104, type: "u64", count: 1 },
    prefault_bytes: { offset: 112, type: "u64", count: 1 },
    arena_bytes: { offset: 120, type: "u64", count: 4 },
    mailbox: { offset: 152, type: "u64", count: 1 },
    main_thread: { offset: 160, type: "u64", count: 1 },
    sampler_start: { offset: 168, type: "u64", count: 1 },
    sampler_read: { offset: 176, type: "u64", count: 1 },
    stalled_ns: { offset: 184, type: "u64", count: 1 },
    suspended_threads: { offset: 192, type: "u32", count: 1 },
    patch_retries: { offset: 196, type: "u32", count: 1 },
    patch_status: { offset: 200, type: "i32", count: 1 },
    layers: { offset: 204, type: "u32", count: 1 },
    start_resident: { offset: 208, type: "u64", count: 1 },
    requests: { offset: 216, type: "u32", count: 1 },
    system: { offset: 220, type: "u32", count: 1 },
    pointer_bytes: { offset: 224, type: "u32", count: 1 },
    has_mailbox_file: { offset: 228, type: "u32", count: 1 },
    resident_pid: { offset: 232, type: "u32", count: 1 },
    wake_thread: { offset: 236, type: "u32", count: 1 },
    wake_descriptor: { offset: 240, type: "u32", count: 1 },
    unused: { offset: 244, type: "u32", count: 1 },
    game: { offset: 248, type: "text", count: 64 },
    log_file: { offset: 312, type: "text", count: 1024 },
    program: { offset: 1336, type: "text", count: 512 },
} as const;

/** struct PoolSnapshot: every counter is a u64 at that offset. */
export const snapshotLayout = {
    active: 8,
    strategy: 16,
    pool_size: 24,
    committed: 32,
    current_used: 40,
    peak_used: 48,
    pool_allocs: 56,
    fallback_allocs: 64,
    total_frees: 72,
    pool_frees_ignored: 80,
    reallocs: 88,
    foreign_frees: 96,
    corrupt_headers: 104,
    double_frees: 112,
    game_allocs: 120,
    game_fallbacks: 128,
    scrap_allocs: 136,
    scrap_fallbacks: 144,
    stray_pointers: 152,
} as const;

export const snapshotBytesOffset = 0;
export const snapshotVersionOffset = 4;
export const snapshotClassCountOffset = 160;
export const snapshotClassesOffset = 168;
export const snapshotClassBytes = 24;
export const snapshotClassLimit = 96;

/** A row of the histogram: u64 each. */
export const snapshotClassLayout = {
    max_size: 0,
    live: 8,
    total: 16,
} as const;

/** The largest sampling interval, in calls. */
export const sampleIntervalMax = 1000000;

/** struct SamplerPage: u32, but for samples and dropped, which are u64. */
export const samplerPageBytes = 3104;
export const samplerPageRows = 64;
export const samplerPageLayout = {
    sample_interval: 0,
    epoch: 4,
    samples: 8,
    dropped: 16,
    next: 24,
    count: 28,
    rows: 32,
} as const;

/** struct SamplerRow: u64 each; the chain has samplerDepth of them. */
export const samplerRowBytes = 48;
export const samplerDepth = 4;
export const samplerRowLayout = {
    chain: 0,
    samples: 32,
    bytes: 40,
} as const;

/** The functions hooked together; each name has a replace_<name> in the C module. */
export const crtFamilyLinux = [
    { name: "malloc", needed: true },
    { name: "free", needed: true },
    { name: "calloc", needed: true },
    { name: "realloc", needed: true },
    { name: "malloc_usable_size", needed: true },
    { name: "memalign", needed: false },
    { name: "posix_memalign", needed: true },
    { name: "aligned_alloc", needed: false },
    { name: "valloc", needed: false },
    { name: "pvalloc", needed: false },
    { name: "reallocarray", needed: false },
] as const;

export const crtFamilyWindows = [
    { name: "malloc", needed: true },
    { name: "free", needed: true },
    { name: "calloc", needed: true },
    { name: "realloc", needed: true },
    { name: "_msize", needed: true },
    { name: "_recalloc", needed: false },
    { name: "_expand", needed: true },
    { name: "_aligned_malloc", needed: false },
    { name: "_aligned_free", needed: false },
    { name: "_aligned_realloc", needed: false },
    { name: "_aligned_recalloc", needed: false },
    { name: "_aligned_msize", needed: false },
    { name: "_aligned_offset_malloc", needed: false },
    { name: "_aligned_offset_realloc", needed: false },
    { name: "_aligned_offset_recalloc", needed: false },
    { name: "_malloc_base", needed: false },
    { name: "_free_base", needed: false },
    { name: "_calloc_base", needed: false },
    { name: "_realloc_base", needed: false },
    { name: "_msize_base", needed: false },
    { name: "_recalloc_base", needed: false },
    { name: "_expand_base", needed: false },
] as const;

/** Functions of the system's heap that a C runtime of Windows imports; each has an import_<name>. */
export const heapImports = [
    { name: "HeapSize", inner: "RtlSizeHeap" },
    { name: "HeapFree", inner: "RtlFreeHeap" },
    { name: "HeapReAlloc", inner: "RtlReAllocateHeap" },
] as const;

/** struct PatchPlan: the bytes to write. */
export const patchPlanBytes = 56880;
export const patchSiteBytes = 80;
export const patchSiteLimit = 96;
export const patchBytesLimit = 32;
export const patchPlanLayout = {
    site_count: 0,
    stack_top: 24,
    sites: 48,
} as const;
export const patchSiteLayout = {
    address: 0,
    length: 8,
    protection: 12,
    before: 16,
    after: 48,
} as const;

/** enum PatchStatus. */
export const patchStatus = {
    done: 0,
    notTried: 1,
    siteChanged: 2,
    notWritable: 3,
    suspendDenied: 4,
    threadsBusy: 5,
    tooManyThreads: 6,
} as const;

/** enum ResidentRequest: what a resident can be asked. */
export const residentRequests = {
    FACTS: 1,
    SNAPSHOT: 2,
    SET_ACTIVE: 3,
    RESET: 4,
    START_SAMPLER: 5,
    READ_SAMPLER: 6,
    MAIN_THREAD: 7,
    GAME_STATE: 8,
    LOG: 9,
    EXCEPTIONS: 10,
    MODULES: 11,
    NAMESAKES: 12,
} as const;
export const residentLastRequest = 12;
/** enum ResidentStatus. */
export const residentStatus = {
    ok: 0,
    unknown: 1,
    invalid: 2,
    unavailable: 3,
} as const;
/** enum ResidentOrder. */
export const residentOrder = {
    none: 0,
    hook: 1,
    stop: 2,
} as const;
/** enum PoolSystem. */
export const poolSystem = { linux: 1, windows: 2 } as const;
/** enum ResidentLoading. */
export const residentLoading = { no: 0, yes: 1, noManager: 2 } as const;
/** enum ResidentException, by Frida's names. */
export const residentExceptions = {
    abort: 1,
    "access-violation": 2,
    "illegal-instruction": 3,
    arithmetic: 4,
} as const;

/** The bytes of MAILBOX_MARK in memory. */
export const mailboxMark = "POOLNVMB";
export const mailboxSlots = 16;
export const mailboxSlotBytes = 4096;
export const mailboxDataBytes = 4064;
export const mailboxBytes = 65552;
export const mailboxMarkOffset = 65536;

/** struct MailboxSlot. */
export const mailboxSlotLayout = {
    request: 0,
    answer: 8,
    body: 16,
} as const;

/** struct MailboxBody. */
export const mailboxBodyLayout = {
    number: 0,
    code: 8,
    bytes: 12,
    data: 16,
} as const;

/** struct ResidentSnapshot. */
export const residentSnapshotLayout = {
    space_total: 0,
    space_free: 8,
    largest_hole: 16,
    has_space: 24,
    is_lower_bound: 28,
    pool: 32,
} as const;
export const residentTextBytes = 512;
export const residentWorkBytes = 520;

/** struct ResidentWork. */
export const residentWorkLayout = {
    op: 0,
    ticket: 4,
    text: 8,
} as const;

/** struct ResidentGameState. */
export const residentGameStateLayout = {
    frames: 0,
    loading: 4,
} as const;
export const residentExceptionLimit = 8;

/** struct ResidentExceptions. */
export const residentExceptionsLayout = {
    count: 0,
    seen: 8,
} as const;
export const residentSeenBytes = 16;

/** struct ResidentSeen. */
export const residentSeenLayout = {
    kind: 0,
    address: 8,
} as const;
export const residentModulesHeadBytes = 8;

/** struct ResidentModules. */
export const residentModulesLayout = {
    count: 0,
    next: 4,
} as const;
export const residentModuleHeadBytes = 16;

/** struct ResidentModule. */
export const residentModuleLayout = {
    base: 0,
    bytes: 8,
    path_bytes: 12,
} as const;
export const residentBytes = 146504;

/** struct Resident. */
export const residentLayout = {
    mailbox: 0,
    control: 65552,
    order: 65560,
    ordered: 65564,
    trim_idle_seconds: 65576,
    loading_flag: 65580,
    loading_manager: 65584,
    sampler_tick: 65592,
    is_wine: 65600,
    log_file: 65608,
    log_file_wide: 66632,
    mailbox_file: 68680,
    mailbox_folder: 70728,
} as const;

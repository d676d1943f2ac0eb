/* SPDX-License-Identifier: MIT */
/* For resident.c: what is due at intervals, and the log; without the thread. */
#ifndef POOLNV_TEST_RESIDENT_MONITORS_H
#define POOLNV_TEST_RESIDENT_MONITORS_H

/* Lets it be time for the next tick; with `slow` for that of the slow one, too. */
static void pass_time(int slow) {
    struct ResidentMonitors *monitors = &resident_own()->monitors;
    monitors->ticked_at -= RESIDENT_TICK_MS;
    if (slow)
        monitors->slow_ticked_at -= RESIDENT_SLOW_TICK_MS;
    monitors_run();
}

#define NEW_LINE(text) (strcmp(last_line(), (text)) == 0 && unlink(native_resident.log_file) == 0)
#define NO_LINE()      (access(native_resident.log_file, F_OK) != 0)

static void start_monitors(void) {
    struct ResidentPool *pool = &resident_own()->pool;
    memset(&resident_own()->monitors, 0, sizeof resident_own()->monitors);
    pool->snapshot = sim_snapshot;
    pool->reset = sim_reset;
    pool->sampler_tick = sim_sampler_tick;
    monitors_start();
}

static void test_fallbacks(void) {
    group_begin("fallbacks");
    start_monitors();
    pass_time(0);
    CHECK("nothing without any", NO_LINE());
    counters.fallback_allocs = 12;
    counters.current_used = 5 << 20;
    pass_time(0);
    CHECK("a burst", NEW_LINE("warning: 12 requests fell back to the original within 5 seconds (12 "
                              "in total); the pool holds 5.00 of 64.00 MB"));
    pass_time(0);
    CHECK("once", NO_LINE());
    counters.fallback_allocs = 5000000000ull;
    counters.current_used = 5375001; /* 5.12600... */
    counters.pool_size = 33 << 20;
    pass_time(0);
    CHECK("of a region that is not reserved whole",
          NEW_LINE("warning: 4999999988 requests fell back to the original within 5 seconds "
                   "(5000000000 in total); the pool holds 5.13 of 64.00 MB, 33.00 of them "
                   "reserved"));
    CHECK("is called again at the next tick", monitors_run() <= RESIDENT_TICK_MS);
}

static void test_trim(void) {
    group_begin("trim");
    start_monitors();
    counters.committed = 10 << 20;
    pass_time(0);
    native_resident.trim_idle_seconds = 3;
    resident_own()->monitors.grew_at -= 2000;
    pass_time(0);
    CHECK("not yet", resets == 0);
    resident_own()->monitors.grew_at -= 2000;
    reset_bytes = 3 << 19;
    pass_time(0);
    CHECK("once it is idle", resets == 1 && NEW_LINE("idle for 3 s: 1.50 MB returned"));
    pass_time(0);
    CHECK("not at once again", resets == 1);
    counters.committed += 4096;
    resident_own()->monitors.grew_at -= 4000;
    pass_time(0);
    CHECK("not when it has grown", resets == 1);
    resident_own()->monitors.grew_at -= 4000;
    reset_bytes = 0;
    pass_time(0);
    CHECK("says nothing if nothing was returned", resets == 2 && NO_LINE());
    native_resident.trim_idle_seconds = 0;
    resident_own()->monitors.grew_at -= 100000000;
    pass_time(0);
    CHECK("never if it is not wanted", resets == 2);
}

/* Sets what is measured next. */
static void set_space(uint64_t total, uint64_t free, int is_lower_bound) {
    struct ResidentOwn *own = resident_own();
    own->space.has_space = 1;
    own->space.is_lower_bound = (uint32_t)is_lower_bound;
    own->space.space_total = total;
    own->space.space_free = free;
    own->space.largest_hole = free / 2;
    own->monitors.has_space = 1;
    own->monitors.space_at = system_milliseconds();
    pass_time(1);
}

static void test_address_space(void) {
    const uint64_t gb = 1ull << 30;
    group_begin("address space");
    start_monitors();
    counters.fallback_allocs = 0;
    counters.pool_size = 1536 << 20;
    counters.committed = 100 << 20;
    set_space(4 * gb, gb, 0);
    CHECK("below the first mark", NO_LINE());
    set_space(4 * gb, gb / 2, 1);
    CHECK("not if it is a lower bound", NO_LINE());
    set_space(4 * gb, 4 * gb / 5, 0); /* the fraction of a byte is above 80 % */
    CHECK("at the first mark",
          NEW_LINE("warning: 80.0 % of the address space is in use (819 MB free, the largest hole "
                   "410 MB); the pool has 1536 MB of it, 100 MB in use"));
    set_space(4 * gb, gb / 2, 0);
    CHECK("once", NO_LINE());
    set_space(4 * gb, 4 * gb / 100, 0);
    CHECK("past two marks",
          NEW_LINE("warning: 99.0 % of the address space is in use (41 MB free, the largest hole "
                   "20 MB); the pool has 1536 MB of it, 100 MB in use"));
    set_space(4 * gb, 4 * gb / 100 * 3, 0);
    set_space(4 * gb, 4 * gb / 100, 0);
    CHECK("not again after little less", NO_LINE());
    set_space(4 * gb, gb, 0);
    set_space(3 * gb, 3 * gb / 10, 0);
    CHECK("again after less, of 3 GB",
          NEW_LINE("warning: 90.0 % of the address space is in use (307 MB free, the largest hole "
                   "154 MB); the pool has 1536 MB of it, 100 MB in use"));
    resident_own()->monitors.has_space = 0;
}

static void test_measurement(void) {
    struct ResidentSnapshot space;
    memset(&space, 0xFF, sizeof space);
    group_begin("measured address space");
    monitors_measure_space(&space);
    if (sizeof(void *) == 8) {
        CHECK("none in 64 bits", space.has_space == 0 && space.space_total == 0);
        return;
    }
    CHECK("of 32 bits", space.has_space == 1 && space.is_lower_bound == 0);
    CHECK("total", space.space_total == 3ull << 30 || space.space_total == 1ull << 32);
    CHECK("holes", space.space_free > 1 << 30 && space.space_free < space.space_total &&
                       space.largest_hole <= space.space_free && space.largest_hole > 1 << 28);
}

static void test_sampler(void) {
    uint32_t before;
    group_begin("sampler");
    start_monitors();
    before = sampler_ticks;
    pass_time(0);
    CHECK("not with every tick", sampler_ticks == before);
    pass_time(1);
    CHECK("with the slow one", sampler_ticks == before + 1 && NO_LINE());
    sampler_stops = 1;
    pass_time(1);
    CHECK("says that it stopped", NEW_LINE("sampling stopped: no reader for 30 s"));
    sampler_stops = 0;
}

static void test_monitors(void) {
    test_fallbacks();
    test_trim();
    test_address_space();
    test_measurement();
    test_sampler();
}

/* ---- the log ---- */

static int append(const char *text) { return resident_log(text, (uint32_t)strlen(text)); }

/* Whether a line, or its text, is logged as this. */
static int is_logged_as(const char *text, const char *expected) {
    return append(text) == 1 && strcmp(last_line(), expected) == 0;
}

static void test_log_text(void) {
    static char long_line[9000], many_lines[2400];
    char stamp[64];
    const char *text;
    time_t now;
    uint32_t at, lines = 0;
    group_begin("log text");
    now = time(NULL);
    CHECK("a line", is_logged_as("one\n", "one"));
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:", gmtime(&now));
    text = contents(native_resident.log_file);
    CHECK("the time", strncmp(text, stamp, strlen(stamp)) == 0 || now / 3600 != time(NULL) / 3600);
    CHECK("its form", text[19] == '.' && text[23] == 'Z' && text[24] == ' ' && text[25] == 'o');
    CHECK("without an end", is_logged_as("two", "two"));
    CHECK("controls",
          is_logged_as("a\tb\x1b[0m\x7f\xc2\x85\r\n", "a\\x09b\\x1b[0m\\x7f\\x85\\x0d"));
    CHECK("directions",
          is_logged_as("\xe2\x80\xae\xd8\x9c\xe2\x81\xa9\n", "\\u{202e}\\u{61c}\\u{2069}"));
    CHECK("separators", is_logged_as("\xe2\x80\xa8\xe2\x80\xa9\n", "\\u{2028}\\u{2029}"));
    CHECK("other text", is_logged_as("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n",
                                     "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
    CHECK("no UTF-8", is_logged_as("\xff\x80\xc3(\xc0\xaf\xe0\x80\x80\xf5\n",
                                   "\\xff\\x80\\xc3(\\xc0\\xaf\\xe0\\x80\\x80\\xf5"));
    CHECK("cut UTF-8", is_logged_as("\xe2\x82\n", "\\xe2\\x82"));
    CHECK("surrogates", is_logged_as("\xed\xa0\x80\xed\xb2\x80\n", "\\u{d800}\\x80"));
    memset(long_line, '\x01', sizeof long_line - 1);
    CHECK("longer than the buffer", append(long_line) == 1);
    unlink(native_resident.log_file);
    memset(many_lines, '\n', sizeof many_lines);
    CHECK("many lines", resident_log(many_lines, sizeof many_lines) == 1);
    text = contents(native_resident.log_file);
    for (at = 0; text[at] != 0; at++)
        lines += text[at] == '\n';
    CHECK("each", lines * 26 == at && at > 60000);
    CHECK("an empty text only tries", unlink(native_resident.log_file) == 0 && append("") == 1 &&
                                          *contents(native_resident.log_file) == 0);
    use_log("");
    CHECK("without a log", append("x\n") == 0 && append("") == 0);
    use_log(in_folder("log"));
}

static void make_folder(const char *name, mode_t mode) {
    mkdir(in_folder(name), 0700);
    chmod(in_folder(name), mode);
}

static void test_log_places(void) {
    char other[128], byte;
    struct stat found;
    int reader;
    group_begin("where the log may be");
    CHECK("created for the owner alone", append("x\n") == 1 &&
                                             stat(native_resident.log_file, &found) == 0 &&
                                             (found.st_mode & 07777) == 0600);
    snprintf(other, sizeof other, "%s", in_folder("log"));
    symlink(other, in_folder("link"));
    use_log(in_folder("link"));
    CHECK("not a link", append("x\n") == 0);
    mkfifo(in_folder("fifo"), 0600);
    use_log(in_folder("fifo"));
    CHECK("not a FIFO without a reader, and at once", append("x\n") == 0);
    reader = open(in_folder("fifo"), O_RDONLY | O_NONBLOCK);
    CHECK("not a FIFO with a reader", append("x\n") == 0 && read(reader, &byte, 1) <= 0);
    close(reader);
    use_log("/dev/null");
    CHECK("a device", append("x\n") == 1);
    use_log(folder);
    CHECK("not a folder", append("x\n") == 0);
    use_log(in_folder("missing/log"));
    CHECK("not in a folder that is missing", append("x\n") == 0);
    make_folder("open", 01777);
    use_log(in_folder("open/log"));
    CHECK("in a folder that others may write to, one's own file",
          append("x\n") == 1 && append("y\n") == 1);
    snprintf(other, sizeof other, "%s", in_folder("open/log"));
    link(other, in_folder("open/second"));
    CHECK("not one with a second hard link", append("x\n") == 0);
    unlink(in_folder("open/second"));
    CHECK("without it", append("x\n") == 1);
    mkfifo(in_folder("open/fifo"), 0600);
    use_log(in_folder("open/fifo"));
    CHECK("no FIFO there", append("x\n") == 0);
    if (geteuid() == 0) {
        use_log(in_folder("open/log"));
        chown(native_resident.log_file, 12345, 12345);
        CHECK("not another user's file there", append("x\n") == 0);
        make_folder("foreign", 0755);
        chown(in_folder("foreign"), 12345, 12345);
        use_log(in_folder("foreign/log"));
        CHECK("in another user's folder, one's own file", append("x\n") == 1);
        chown(native_resident.log_file, 12345, 12345);
        CHECK("in another user's folder, not another's", append("x\n") == 0);
    }
    chdir(folder);
    use_log("plain");
    CHECK("in the current folder", append("x\n") == 1 && access(in_folder("plain"), F_OK) == 0);
    chdir("/");
    use_log(in_folder("log"));
    unlink(native_resident.log_file);
}

static void test_log(void) {
    test_log_text();
    test_log_places();
}

#endif

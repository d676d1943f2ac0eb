/* Script objects, as far as running one line needs them (xNVSE GameScript.cpp): made, marked, given
 * a text, run, destroyed, all on the main thread and in this order. */
#include "calls.h"
#include "commands.h"
#include "findings.h"
#include "memory.h"
#include "variables.h"

#define FLAG_TEMPORARY 0x4000

static const int vtable;

/* Notes a violation where something is no script that is alive. */
static int is_alive(const struct Script *script, const char *what);

void __thiscall vanilla_script_construct(struct Script *script) {
    require_main_thread("making a script");
    memset(script, 0, sizeof *script);
    script->vtable = &vtable;
}

void __thiscall vanilla_script_mark_temporary(struct Script *script) {
    require_main_thread("marking a script");
    if (is_alive(script, "a script was marked that is none"))
        script->flags |= FLAG_TEMPORARY;
}

void __thiscall vanilla_script_set_text(struct Script *script, const char *text) {
    struct Actor *actor = actor_here();
    uint32_t bytes = (uint32_t)strlen(text) + 1;
    require_main_thread("giving a script its text");
    if (!is_alive(script, "a text was given to what is no script"))
        return;
    call_heap_free(actor, script->text);
    script->text = call_heap_allocate(actor, bytes);
    if (script->text != 0)
        memcpy(script->text, text, bytes);
}

unsigned char __thiscall vanilla_script_run(struct Script *script, void *context, int one,
                                            void *reference) {
    (void)reference;
    require_main_thread("running a script");
    if (!is_alive(script, "something was run that is no script"))
        return 0;
    if (context != game.console_manager(1)->script_context || one != 1)
        note_finding(VIOLATION, "a script was run in no context of the console", context,
                     (uint32_t)one);
    if ((script->flags & FLAG_TEMPORARY) == 0)
        note_finding(VIOLATION, "a script was run that is not marked as temporary", script, 0);
    if (script->text == 0) {
        note_finding(VIOLATION, "a script was run that has no text", script, 0);
        return 0;
    }
    return (unsigned char)command_run(script->text);
}

void __thiscall vanilla_script_destroy(struct Script *script) {
    require_main_thread("destroying a script");
    if (!is_alive(script, "something was destroyed that is no script"))
        return;
    call_heap_free(actor_here(), script->text);
    script->text = 0;
    script->vtable = 0;
}

static int is_alive(const struct Script *script, const char *what) {
    if (script->vtable == &vtable)
        return 1;
    note_finding(VIOLATION, what, script, 0);
    return 0;
}

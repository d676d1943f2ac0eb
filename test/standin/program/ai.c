#include "ai.h"

#include "churn.h"
#include "scrap_use.h"
#include "stale.h"

#define STACK_BYTES (256 * 1024)

struct AiThread {
    HANDLE begin, done;
    uint32_t seed;
    struct Churn churn;
};

static struct AiThread threads[AI_THREADS];
static uint32_t steps_in_frame;

static DWORD WINAPI thread_main(void *argument);

void ai_construct(uint32_t seed, uint32_t steps) {
    int i;
    steps_in_frame = steps;
    for (i = 0; i < AI_THREADS; i++) {
        struct AiThread *thread = &threads[i];
        thread->begin = CreateEventA(0, 0, 0, 0);
        thread->done = CreateEventA(0, 0, 0, 0);
        thread->seed = seed + (uint32_t)i;
        thread->churn.sender = i;
        CloseHandle(CreateThread(0, STACK_BYTES, thread_main, thread,
                                 STACK_SIZE_PARAM_IS_A_RESERVATION, 0));
    }
}

void ai_start(void) {
    int i;
    for (i = 0; i < AI_THREADS; i++)
        SetEvent(threads[i].begin);
}

void ai_join(void) {
    int i;
    for (i = 0; i < AI_THREADS; i++)
        WaitForSingleObject(threads[i].done, INFINITE);
}

void ai_check(void) {
    int i;
    for (i = 0; i < AI_THREADS; i++)
        churn_check(&threads[i].churn);
}

static DWORD WINAPI thread_main(void *argument) {
    struct AiThread *thread = argument;
    struct Actor *actor = actor_enter("an AI thread", thread->seed);
    for (;;) {
        WaitForSingleObject(thread->begin, INFINITE);
        churn_work(actor, &thread->churn, steps_in_frame);
        scrap_use(actor);
        stale_read(actor, (uint32_t)thread->churn.sender, AI_THREADS);
        SetEvent(thread->done);
    }
}

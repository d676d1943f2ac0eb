/* The game's variables at their addresses, each with the project that tells it. */
#ifndef STANDIN_VARIABLES_H
#define STANDIN_VARIABLES_H

#include "game.h"

#define AT(type, address) (*(type volatile *)(address))

#define MEMORY_HEAP      ((struct MemoryHeap *)0x011f6238)    /* NVHR, psycho, RTM */
#define POOL_BY_TOP_BYTE ((struct Pool **)0x011f63b8)         /* psycho: 256 of them */
#define POOL_BY_SIZE     ((struct Pool **)0x011f67b8)         /* psycho: for sizes below 0x3FD */
#define CRT_HEAP         AT(HANDLE, 0x012705bc)               /* psycho, RTM: `_crtheap` */
#define CRT_ACTIVE_HEAP  AT(uint32_t, 0x01270948)             /* psycho: 3 = small-block heap */
#define CRT_LONGEST_WAIT AT(uint32_t, 0x0126fdfc)             /* psycho: ms; 0 = give up at once */
#define TLS_INDEX        AT(uint32_t, 0x0126fd98)             /* psycho */
#define MAIN             AT(struct Main *, 0x011dea0c)        /* psycho */
#define PLAYER           AT(void *, 0x011dea3c)               /* psycho */
#define SAVE_MANAGER     AT(struct SaveManager *, 0x011de134) /* xNVSE, psycho */
#define LOADING_OR_MENU  AT(uint8_t, 0x011dea2b)              /* psycho */
#define CONSOLE_IS_OPEN  AT(uint8_t, 0x011dea2e)              /* psycho */
#define AI_THREADS_RUN   AT(uint8_t, 0x011dfa19)              /* psycho: 1 between start and join */
#define LOOP_VALUE       AT(uint32_t, 0x011f4748)             /* xNVSE: what 0x0043C4B0 returns */

#endif

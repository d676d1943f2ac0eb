/* rpmalloc as a DLL: its thread initialisation and finalisation, which it leaves to DllMain. */
#include <windows.h>
#include "rpmalloc.h"

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH)
        rpmalloc_initialize();
    else if (reason == DLL_THREAD_ATTACH)
        rpmalloc_thread_initialize();
    else if (reason == DLL_THREAD_DETACH)
        rpmalloc_thread_finalize(1);
    return TRUE;
}

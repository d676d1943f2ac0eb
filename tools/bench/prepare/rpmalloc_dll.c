/* What rpmalloc leaves to whoever makes a DLL of it: telling it of threads that begin and end. */
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

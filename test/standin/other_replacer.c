/* A library that does nothing: its file name alone makes it that of another heap replacer. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved) {
    (void)instance, (void)reason, (void)reserved;
    return TRUE;
}

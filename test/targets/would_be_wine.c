/* Calls itself Wine by its name. Whoever starts it as if it were leaves a file beside it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count > 2) {
        char path[4096];
        snprintf(path, sizeof path, "%s.was-started", words[0]);
        fclose(fopen(path, "w"));
        return 0;
    }
    /* Windows programs are known by the first word of the command line. */
    if (strstr(words[0], ".exe") == 0) {
        char *again[] = {words[1], 0};
        execv(words[0], again);
    }
    puts("ready");
    fflush(stdout);
    for (;;)
        pause();
}

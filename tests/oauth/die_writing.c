/* Preloaded into a program, it dies by SIGKILL in the middle of writing a file called *.tmp: after so many bytes of it
 * as DIE_AFTER says. System calls as such can be counted by a tracer, but not told apart by the file they are for. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t write(int fd, const void *bytes, size_t length) {
    static ssize_t (*next)(int, const void *, size_t);
    if (!next) next = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    const char *after = getenv("DIE_AFTER");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t known = readlink(link, path, sizeof path - 1);
    if (after && known > 4 && !memcmp(path + known - 4, ".tmp", 4)) {
        size_t part = strtoul(after, NULL, 10);
        next(fd, bytes, part < length ? part : length);
        kill(getpid(), SIGKILL);
    }
    return next(fd, bytes, length);
}

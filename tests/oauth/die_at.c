/* Runs a program and kills it by SIGKILL as one of its threads enters a system call on a certain file:
 *
 *     die_at CALL ENDING DETAIL PROGRAM ARGUMENT...
 *
 * CALL is write, fsync, flock or rename; ENDING is how the file's name ends. DETAIL is, for flock, the operation's
 * number; for write, how many bytes still get into the file. The exit code is 0 if the program was killed there, 1 if
 * it ended otherwise, 2 if it could not be run. A tracer sees each call whichever thread makes it and however it is made. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct __ptrace_syscall_info Entry;

static int failed(const char *what) {
    perror(what);
    return 2;
}

/* Copies what stands at an address of the program; how many bytes of it. */
static ssize_t peek(pid_t thread, unsigned long long address, char *to, size_t length) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", thread);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t known = memory < 0 ? -1 : pread(memory, to, length, (off_t)address);
    if (memory >= 0) close(memory);
    return known;
}

static void name_of_descriptor(pid_t thread, unsigned long long descriptor, char *name, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%llu", thread, descriptor);
    ssize_t known = readlink(path, name, size - 1);
    name[known < 0 ? 0 : known] = 0;
}

static void name_at(pid_t thread, unsigned long long address, char *name, size_t size) {
    ssize_t known = peek(thread, address, name, size - 1);
    name[known < 0 ? 0 : known] = 0;
}

/* Whether a system call is the one looked for, whatever its file. */
static int is_call(const char *call, const char *detail, const Entry *entry) {
    unsigned long long number = entry->entry.nr;
    if (!strcmp(call, "write")) return number == SYS_write;
    if (!strcmp(call, "fsync")) return number == SYS_fsync;
    if (!strcmp(call, "flock")) return number == SYS_flock && entry->entry.args[1] == strtoull(detail, NULL, 10);
#ifdef SYS_rename
    if (number == SYS_rename) return !strcmp(call, "rename");
#endif
    return !strcmp(call, "rename") && (number == SYS_renameat || number == SYS_renameat2);
}

static int is_it(const char *call, const char *ending, const char *detail, pid_t thread, const Entry *entry) {
    char name[4096];
    if (!is_call(call, detail, entry)) return 0;
    if (strcmp(call, "rename")) {
        name_of_descriptor(thread, entry->entry.args[0], name, sizeof name);
    } else {
        int has_directory = entry->entry.nr == SYS_renameat || entry->entry.nr == SYS_renameat2;
        name_at(thread, entry->entry.args[has_directory], name, sizeof name);
    }
    size_t length = strlen(name), wanted = strlen(ending);
    return length >= wanted && !strcmp(name + length - wanted, ending);
}

/* Writes the first bytes of what a thread is about to write. */
static int write_part(pid_t thread, const Entry *entry, size_t part) {
    char path[64], bytes[4096];
    if (part > sizeof bytes || part > entry->entry.args[2]) return -1;
    if (peek(thread, entry->entry.args[1], bytes, part) != (ssize_t)part) return -1;
    snprintf(path, sizeof path, "/proc/%d/fd/%llu", thread, (unsigned long long)entry->entry.args[0]);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, bytes, part) != (ssize_t)part) return -1;
    return close(file);
}

int main(int count, char **arguments) {
    if (count < 5) return fprintf(stderr, "die_at CALL ENDING DETAIL PROGRAM ARGUMENT...\n"), 2;
    const char *call = arguments[1], *ending = arguments[2], *detail = arguments[3];
    pid_t program = fork();
    if (program < 0) return failed("fork");
    if (program == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execvp(arguments[4], arguments + 4);
        _exit(127);
    }
    int status, killed = 0;
    if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) return failed("waitpid");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, program, NULL, options)) return failed("ptrace");
    ptrace(PTRACE_SYSCALL, program, NULL, NULL);
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == EINTR) continue;
        if (thread < 0) return failed("waitpid");
        if (!WIFSTOPPED(status)) {
            if (thread != program) continue;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return 2;
            return killed ? 0 : 1;
        }
        long signal = WSTOPSIG(status);
        if (signal == (SIGTRAP | 0x80)) {
            Entry entry = {0};
            long known = ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof entry, &entry);
            if (!killed && known > 0 && entry.op == PTRACE_SYSCALL_INFO_ENTRY && is_it(call, ending, detail, thread, &entry)) {
                if (!strcmp(call, "write") && write_part(thread, &entry, strtoul(detail, NULL, 10))) return failed("write");
                killed = 1;
                kill(program, SIGKILL);
                continue;
            }
            signal = 0;
        } else if (signal == SIGTRAP || signal == SIGSTOP) {
            /* A new thread, an exec, or the stop with which a new thread begins. */
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, thread, NULL, signal);
    }
}

/* Starts a program without the runtime's help: System.Diagnostics.Process would install a SIGCHLD handler in the host. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int32_t mmc_gate_library_path(char *path, int32_t size);
int32_t mmc_gate_spawn(const char *path, char *const *arguments, int32_t *pid);
int32_t mmc_gate_has_ended(int32_t pid, int32_t *code);
int32_t mmc_gate_signal(int32_t pid, int32_t number);

/* Where this library was loaded from, links resolved by nobody. 0: it is not known, or too long. */
int32_t mmc_gate_library_path(char *path, int32_t size) {
    Dl_info info;
    if (dladdr((void *)(uintptr_t)&mmc_gate_library_path, &info) == 0 || info.dli_fname == NULL) {
        return 0;
    }
    size_t length = strlen(info.dli_fname);
    if (length >= (size_t)size) {
        return 0;
    }
    memcpy(path, info.dli_fname, length + 1);
    return (int32_t)length;
}

/* Signals as a shell would give them, no terminal, nothing printed, a process group of its own: Ctrl-C in the host does not reach it. Returns an errno. */
int32_t mmc_gate_spawn(const char *path, char *const *arguments, int32_t *pid) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    pid_t child = 0;
    int error = posix_spawn(&child, path, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    *pid = child;
    return error;
}

/* Whether a child has ended, and how: its exit code, or 128 + the signal. A child that someone else has waited for has ended, with code -1. */
int32_t mmc_gate_has_ended(int32_t pid, int32_t *code) {
    int status = 0;
    pid_t waited;
    do {
        waited = waitpid(pid, &status, WNOHANG);
    } while (waited < 0 && errno == EINTR);
    *code = waited < 0 ? -1 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return waited != 0;
}

int32_t mmc_gate_signal(int32_t pid, int32_t number) {
    return pid > 0 ? kill(pid, number) : -1;
}

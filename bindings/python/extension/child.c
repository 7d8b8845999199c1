/*
 * Starts a program that ends when its parent does. Python's subprocess offers no safe way to say so: what it runs
 * between fork and exec
 * is Python, which may block in a process that has threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "python_api.h"

/* Borrowed strings of a list of bytes, ended by NULL. */
static char **strings(PyObject *list)
{
    Py_ssize_t count = PyList_Size(list);
    char **array = count < 0 ? NULL : calloc((size_t)count + 1, sizeof(char *));
    for (Py_ssize_t i = 0; array != NULL && i < count; i++) {
        array[i] = PyBytes_AsString(PyList_GetItem(list, i));
        if (array[i] == NULL) {
            free(array);
            return NULL;
        }
    }
    return array;
}

/* Runs in the child: only what is legal after fork in a process with threads. */
static void become(char *const *argv, char *const *environment, pid_t parent, int report)
{
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /*
     * A group of its own: Ctrl-C reaches the parent, which passes it on once. A second signal would cut the end
     * short.
     */
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent)
        execve(argv[0], argv, environment);
    int error = errno;
    ssize_t written = write(report, &error, sizeof(error));
    _exit(written == sizeof(error) ? 127 : 126);
}

/* 0, or the errno of what failed. */
static int start(char *const *argv, char *const *environment, pid_t *child)
{
    int ends[2];
    int error = 0;
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    *child = fork();
    if (*child == 0)
        become(argv, environment, parent, ends[1]);
    if (*child < 0)
        error = errno;
    close(ends[1]);
    ssize_t got = 0;
    while (*child > 0 && (got = read(ends[0], &error, sizeof(error))) < 0 && errno == EINTR)
        continue;
    close(ends[0]);
    if (got > 0)
        waitpid(*child, NULL, 0);
    return got > 0 || *child < 0 ? error : 0;
}

PyObject *spawn(PyObject *module, PyObject *args)
{
    PyObject *arguments, *environment;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:spawn", &arguments, &environment))
        return NULL;
    char **argv = strings(arguments);
    char **envp = argv == NULL ? NULL : strings(environment);
    pid_t child = -1;
    int error = envp == NULL ? ENOMEM : start(argv, envp, &child);
    free(argv);
    free(envp);
    if (PyErr_Occurred() != NULL)
        return NULL;
    if (error != 0) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong(child);
}

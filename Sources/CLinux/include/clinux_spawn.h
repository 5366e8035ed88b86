#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H
#include <sys/types.h>

/// posix_spawn(3) of a program in a session of its own, with default signals and only the descriptors `fds[0..count)` as 0, 1, 2, …
/// Returns 0 and fills `pid`, or an error number.
int clinux_spawn_session(pid_t *pid, const char *path, char *const *argv, char *const *envp, const int *fds, int count);
#endif

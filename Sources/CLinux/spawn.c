#include "include/clinux_spawn.h"
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

int clinux_spawn_session(pid_t *pid, const char *path, char *const *argv, char *const *envp, const int *fds, int count) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  sigfillset(&all);
  sigemptyset(&none);
  // `fds` must all be at or above `count`, so that no copy overwrites one that is still to be copied.
  for (int i = 0; i < count && !error; i++) error = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, count);
  if (!error) error = posix_spawn_file_actions_addchdir_np(&actions, "/");
  if (!error) error = posix_spawnattr_setsigdefault(&attributes, &all);
  if (!error) error = posix_spawnattr_setsigmask(&attributes, &none);
  if (!error)
    error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  if (!error) error = posix_spawn(pid, path, &actions, &attributes, argv, envp);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

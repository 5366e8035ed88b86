#include "include/clinux.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
  return mount(source, target, type, flags, data);
}
int clinux_umount2(const char *target, int flags) { return umount2(target, flags); }
int clinux_pivot_root(const char *new_root, const char *put_old) { return (int)syscall(SYS_pivot_root, new_root, put_old); }

int clinux_open_tree(int directory, const char *path, unsigned flags) {
  return (int)syscall(SYS_open_tree, directory, path, flags | O_CLOEXEC);
}
int clinux_move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  return (int)syscall(SYS_move_mount, from_dir, from, to_dir, to, flags);
}
int clinux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation) {
  struct { uint64_t set, clear, propagation, user; } attributes = {set, clear, propagation, 0};
  return (int)syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}

// MOUNT_ATTR_IDMAP is 0x100000.
int clinux_mount_idmap(int tree, unsigned flags, int users) {
  struct { uint64_t set, clear, propagation, user; } attributes = {0x100000, 0, 0, (uint64_t)users};
  return (int)syscall(SYS_mount_setattr, tree, "", flags | AT_EMPTY_PATH, &attributes, sizeof attributes);
}

// FSOPEN_CLOEXEC and FSMOUNT_CLOEXEC are 1; the commands are those of enum fsconfig_command.
int clinux_fsopen(const char *type) { return (int)syscall(SYS_fsopen, type, 1); }
int clinux_fsconfig_string(int fd, const char *key, const char *value) { return (int)syscall(SYS_fsconfig, fd, 1, key, value, 0); }
int clinux_fsconfig_flag(int fd, const char *key) { return (int)syscall(SYS_fsconfig, fd, 0, key, NULL, 0); }
int clinux_fsconfig_create(int fd) { return (int)syscall(SYS_fsconfig, fd, 6, NULL, NULL, 0); }
int clinux_fsmount(int fd, uint64_t attributes) { return (int)syscall(SYS_fsmount, fd, 1, (unsigned)attributes); }

struct view {
  const char *directory, *options, *subpath, *stage;
  const struct clinux_view_mapping *mapping;
  int fd, error;
};

// What the overlay writes, it writes as whoever mounted it: here the root of the numbers, with this thread's capabilities but the one
// that would free it from quotas.
static int become_root_of(const struct clinux_view_mapping *mapping) {
  uint64_t effective, permitted, inheritable;
  syscall(SYS_setfsgid, mapping->gid);
  syscall(SYS_setfsuid, mapping->uid);
  if (clinux_capget(&effective, &permitted, &inheritable) < 0) return -1;
  return clinux_capset(permitted & ~(UINT64_C(1) << 24), permitted, inheritable);
}

int clinux_act_as(uint32_t uid, uint32_t gid) {
  uint64_t effective, permitted, inheritable;
  syscall(SYS_setfsgid, gid);
  syscall(SYS_setfsuid, uid);
  if (clinux_capget(&effective, &permitted, &inheritable) < 0) return -1;
  return clinux_capset(permitted, permitted, inheritable);
}

// Both copies are made before the first is attached: one of the directories may lie in the other.
static int map_directories(struct view *view) {
  const char *paths[] = {view->directory, view->mapping->writable};
  int trees[] = {-1, -1}, failed = 0, error = 0;
  for (int i = 0; i < 2 && !failed; i++) {
    view->stage = "open_tree(2)";
    trees[i] = clinux_open_tree(AT_FDCWD, paths[i], CLINUX_OPEN_TREE_CLONE);
    if (trees[i] < 0) failed = 1;
  }
  for (int i = 0; i < 2 && !failed; i++) {
    view->stage = "mount_setattr(2) idmap";
    failed = clinux_mount_idmap(trees[i], 0, view->mapping->users) < 0;
    if (failed) break;
    view->stage = "move_mount(2)";
    failed = clinux_move_mount(trees[i], "", AT_FDCWD, paths[i], CLINUX_MOVE_MOUNT_F_EMPTY_PATH) < 0;
  }
  error = errno;
  for (int i = 0; i < 2; i++) {
    if (trees[i] >= 0) close(trees[i]);
  }
  errno = error;
  return failed ? -1 : 0;
}

static void *make_view(void *argument) {
  struct view *view = argument;
  view->stage = "unshare(2)";
  if (unshare(CLONE_FS | CLONE_NEWNS) < 0) goto failed;
  view->stage = "mount(2) rslave /";
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) goto failed;
  if (view->mapping && map_directories(view) < 0) goto failed;
  view->stage = "chdir(2)";
  if (chdir(view->directory) < 0) goto failed;
  view->stage = "capset(2)";
  if (view->mapping && become_root_of(view->mapping) < 0) goto failed;
  view->stage = "mount(2) overlay";
  if (mount("overlay", ".", "overlay", 0, view->options) < 0) goto failed;
  // The working directory is still the one beneath: the mount is reached by its path.
  view->stage = "open(2)";
  int place = open(view->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (place < 0) goto failed;
  if (*view->subpath) {
    view->stage = "openat2(2)";
    int inner = clinux_openat2(place, view->subpath, O_PATH | O_CLOEXEC, 0, CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS);
    int error = errno;
    close(place);
    errno = error;
    if (inner < 0) goto failed;
    place = inner;
  }
  view->stage = "open_tree(2)";
  view->fd = clinux_open_tree(place, "", CLINUX_OPEN_TREE_CLONE | AT_EMPTY_PATH);
  view->error = errno;
  close(place);
  return NULL;
failed:
  view->error = errno;
  return NULL;
}

int clinux_overlay_view(
    const char *directory, const char *options, const char *subpath, const struct clinux_view_mapping *mapping, const char **stage) {
  struct view view = {directory, options, subpath, "pthread_create(3)", mapping, -1, 0};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 * 1024);
  int error = pthread_create(&thread, &attributes, make_view, &view);
  pthread_attr_destroy(&attributes);
  if (error == 0) {
    pthread_join(thread, NULL);
    error = view.error;
  }
  *stage = view.stage;
  if (view.fd < 0) errno = error;
  return view.fd;
}

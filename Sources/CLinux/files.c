#include "include/clinux.h"
#include <sys/statvfs.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

int clinux_openat(int directory, const char *path, int flags, unsigned mode) { return openat(directory, path, flags, mode); }

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct open_how how = {flags, mode, resolve};
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

ssize_t clinux_getdents64(int fd, void *buffer, size_t length) { return syscall(SYS_getdents64, fd, buffer, length); }
int clinux_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }
int clinux_fchmod_path(int fd, unsigned mode) { return (int)syscall(452, fd, "", mode, AT_EMPTY_PATH); }  // SYS_fchmodat2
int clinux_clone_file(int to, int from) { return ioctl(to, FICLONE, from); }
ssize_t clinux_copy_file_range(int from, int to, size_t length) { return copy_file_range(from, NULL, to, NULL, length, 0); }
int clinux_add_file_flags(int fd, unsigned added) {
  int flags;
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) return -1;
  if ((flags & added) == added) return 0;
  flags |= (int)added;
  return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}
int clinux_syncfs(int fd) { return syncfs(fd); }

int clinux_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

uint64_t clinux_makedev(unsigned major, unsigned minor) { return makedev(major, minor); }
unsigned clinux_major(uint64_t device) { return major(device); }
unsigned clinux_minor(uint64_t device) { return minor(device); }

long clinux_filesystem_type(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) < 0 ? -1 : (long)status.f_type;
}

int clinux_memfd_create(const char *name, unsigned flags) { return memfd_create(name, flags); }
int clinux_seal(int fd) { return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE); }
ssize_t clinux_flistxattr(int fd, char *list, size_t size) { return flistxattr(fd, list, size); }
ssize_t clinux_fgetxattr(int fd, const char *name, void *value, size_t size) { return fgetxattr(fd, name, value, size); }
int clinux_fsetxattr(int fd, const char *name, const void *value, size_t size) { return fsetxattr(fd, name, value, size, 0); }
ssize_t clinux_lgetxattr(const char *path, const char *name, void *value, size_t size) { return lgetxattr(path, name, value, size); }
int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t size) { return lsetxattr(path, name, value, size, 0); }

int clinux_set_times(int directory, const char *name, int64_t access_s, int64_t access_ns, int64_t modify_s, int64_t modify_ns, int flags) {
  struct timespec times[2] = {{access_s, access_ns}, {modify_s, modify_ns}};
  return utimensat(directory, name, times, flags);
}

int clinux_is_read_only(int fd) {
  struct statvfs found;
  if (fstatvfs(fd, &found) < 0) return -1;
  return (found.f_flag & ST_RDONLY) != 0;
}

int clinux_is_mount_root(int fd) {
  struct statx found;
  if (statx(fd, "", AT_EMPTY_PATH, 0, &found) < 0) return -1;
  return (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

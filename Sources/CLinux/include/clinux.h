// Calls and constants of Linux that Swift cannot see: system calls without a libc function, variadic functions, macros.
// Every call returns what the kernel returns, or -1 with errno set.
#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "clinux_bpf.h"

// Processes and namespaces
/// A process beside this one, its parent's child (clone(2), CLONE_PARENT): 0 there; here its number, which is in `pid` before it runs. This process waits
/// until that one has executed a program or ended (CLONE_VFORK), each with a memory of its own.
pid_t clinux_clone_sibling(int *pid);
pid_t clinux_clone3(uint64_t flags, int exit_signal, int *pidfd, int cgroup);
pid_t clinux_fork(void);
int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_send_signal(int pidfd, int signal);
struct clinux_exit {
  pid_t pid;
  int code;    // CLD_EXITED, CLD_KILLED, CLD_DUMPED
  int status;  // exit code or signal
};
/// idtype: P_ALL, P_PID, P_PIDFD. Returns 1 and fills `exit` for a process that has ended, 0 for none (WNOHANG).
int clinux_waitid(int idtype, id_t id, struct clinux_exit *exit, int options);
enum { CLINUX_P_ALL = 0, CLINUX_P_PID = 1, CLINUX_P_PIDFD = 3 };
enum { CLINUX_WNOHANG = 1, CLINUX_WEXITED = 4, CLINUX_CLD_EXITED = 1 };
int clinux_setns(int fd, int flags);
int clinux_unshare(int flags);
int clinux_namespace_type(int fd);
int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
int clinux_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);
int clinux_setresuid(uint32_t uid);
int clinux_setresgid(uint32_t gid);
int clinux_setgroups(size_t count, const uint32_t *groups);
int clinux_setrlimit(int resource, uint64_t soft, uint64_t hard);
int clinux_getrlimit(int resource, uint64_t *soft, uint64_t *hard);
int clinux_seccomp_load(const void *program, size_t instructions, unsigned flags);
int clinux_join_new_session_keyring(void);
int clinux_sethostname(const char *name, size_t length);
int clinux_setdomainname(const char *name, size_t length);
int clinux_close_range(unsigned first, unsigned last, unsigned flags);
enum { CLINUX_CLOSE_RANGE_CLOEXEC = 4 };
/// Runs the program behind a descriptor (numbered 5 or above) in a session of its own, stdio /dev/null, `socket` as descriptor 3, itself
/// as 4, nothing else, no environment. Returns 0 or an error number.
int clinux_spawn_detached(pid_t *pid, int program, const char *name, int socket);
/// How much of its file this program is loaded from (elf(5), PT_LOAD): what comes behind is for debuggers.
size_t clinux_program_size(void);
void clinux_release_memory(void);
/// From now on memory that is freed is overwritten (mallopt(3), M_PERTURB).
void clinux_overwrite_freed_memory(void);
/// So many heaps at most, however many threads there are (mallopt(3), M_ARENA_MAX).
void clinux_limit_arenas(int count);
/// Lets go of the pages of this program's own code, which is never written to: what is needed comes back from the page cache.
void clinux_release_code(void);
/// Makes every signal default and unblocked.
void clinux_reset_signals(void);
char **clinux_environ(void);

// prctl(2)
enum {
  CLINUX_PR_SET_PDEATHSIG = 1, CLINUX_PR_SET_DUMPABLE = 4, CLINUX_PR_SET_KEEPCAPS = 8, CLINUX_PR_SET_NAME = 15,
  CLINUX_PR_CAPBSET_READ = 23, CLINUX_PR_CAPBSET_DROP = 24, CLINUX_PR_SET_CHILD_SUBREAPER = 36, CLINUX_PR_SET_NO_NEW_PRIVS = 38,
  CLINUX_PR_CAP_AMBIENT = 47, CLINUX_PR_CAP_AMBIENT_RAISE = 2, CLINUX_PR_CAP_AMBIENT_CLEAR_ALL = 4,
};
enum { CLINUX_CLONE_PARENT = 0x8000 };

// Files
int clinux_openat(int directory, const char *path, int flags, unsigned mode);
int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
enum {
  CLINUX_RESOLVE_NO_XDEV = 0x01, CLINUX_RESOLVE_NO_MAGICLINKS = 0x02, CLINUX_RESOLVE_NO_SYMLINKS = 0x04, CLINUX_RESOLVE_BENEATH = 0x08,
  CLINUX_RESOLVE_IN_ROOT = 0x10,
};
enum { CLINUX_O_PATH = 010000000, CLINUX_O_TMPFILE = 020200000, CLINUX_AT_EMPTY_PATH = 0x1000, CLINUX_AT_SYMLINK_FOLLOW = 0x400 };
enum { CLINUX_SEEK_DATA = 3, CLINUX_SEEK_HOLE = 4 };
ssize_t clinux_getdents64(int fd, void *buffer, size_t length);
int clinux_fcntl(int fd, int command, long argument);
/// chmod of an O_PATH descriptor: fchmodat2(2) with AT_EMPTY_PATH, ENOSYS before Linux 6.6.
int clinux_fchmod_path(int fd, unsigned mode);
int clinux_clone_file(int to, int from);  // FICLONE
ssize_t clinux_copy_file_range(int from, int to, size_t length);
enum { CLINUX_FS_TOPDIR_FL = 0x00020000 };
int clinux_add_file_flags(int fd, unsigned added);  // FS_IOC_SETFLAGS
int clinux_syncfs(int fd);
int clinux_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
enum { CLINUX_RENAME_NOREPLACE = 1, CLINUX_RENAME_EXCHANGE = 2 };
uint64_t clinux_makedev(unsigned major, unsigned minor);
unsigned clinux_major(uint64_t device);
unsigned clinux_minor(uint64_t device);
long clinux_filesystem_type(int fd);  // f_type of fstatfs(2)
enum { CLINUX_PROC_SUPER_MAGIC = 0x9fa0, CLINUX_DEVPTS_SUPER_MAGIC = 0x1cd1, CLINUX_CGROUP2_SUPER_MAGIC = 0x63677270, CLINUX_TMPFS_MAGIC = 0x01021994 };
int clinux_is_mount_root(int fd);  // STATX_ATTR_MOUNT_ROOT: something is mounted there, in whatever namespace; -1
int clinux_is_read_only(int fd);  // ST_RDONLY of the mount that it was opened through; -1
int clinux_memfd_create(const char *name, unsigned flags);
int clinux_seal(int fd);  // F_SEAL_SEAL|SHRINK|GROW|WRITE
ssize_t clinux_flistxattr(int fd, char *list, size_t size);
ssize_t clinux_fgetxattr(int fd, const char *name, void *value, size_t size);
int clinux_fsetxattr(int fd, const char *name, const void *value, size_t size);
ssize_t clinux_lgetxattr(const char *path, const char *name, void *value, size_t size);
int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t size);
int clinux_set_times(int directory, const char *name, int64_t access_s, int64_t access_ns, int64_t modify_s, int64_t modify_ns, int flags);

// Mounts
int clinux_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int clinux_umount2(const char *target, int flags);
int clinux_pivot_root(const char *new_root, const char *put_old);
/// Makes and changes files as somebody else from here on, this thread alone and with the same capabilities.
int clinux_act_as(uint32_t uid, uint32_t gid);
int clinux_open_tree(int directory, const char *path, unsigned flags);
int clinux_move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int clinux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation);
/// Has the owners of a detached mount's files counted by the numbers of a user namespace (MOUNT_ATTR_IDMAP).
int clinux_mount_idmap(int tree, unsigned flags, int users);
int clinux_fsopen(const char *type);
int clinux_fsconfig_string(int fd, const char *key, const char *value);
int clinux_fsconfig_flag(int fd, const char *key);
int clinux_fsconfig_create(int fd);
int clinux_fsmount(int fd, uint64_t attributes);
enum {
  CLINUX_OPEN_TREE_CLONE = 1, CLINUX_AT_RECURSIVE = 0x8000, CLINUX_MOVE_MOUNT_F_EMPTY_PATH = 4, CLINUX_MOVE_MOUNT_T_EMPTY_PATH = 0x40,
  CLINUX_MOVE_MOUNT_BENEATH = 0x200,
  CLINUX_MNT_DETACH = 2,
};
enum {
  CLINUX_MS_RDONLY = 1, CLINUX_MS_BIND = 4096, CLINUX_MS_REC = 16384, CLINUX_MS_UNBINDABLE = 1 << 17, CLINUX_MS_PRIVATE = 1 << 18,
  CLINUX_MS_SLAVE = 1 << 19, CLINUX_MS_SHARED = 1 << 20,
};
/// MOUNT_ATTR__ATIME: the bits to clear before an access-time mode is set.
enum { CLINUX_MOUNT_ATTR_ATIME = 0x70 };
/// How the owners of files in an overlay's layers are counted.
struct clinux_view_mapping {
  int users;             // a user namespace, by whose numbers
  uint32_t uid, gid;     // its root, in this namespace's numbers
  const char *writable;  // where upper and work directory are
};
/// Mounts an overlay in a thread with a mount namespace of its own and returns a detached clone of it, or of what
/// `subpath`, resolved inside it, is. `mapping`: NULL for none. `stage` names the call that failed.
int clinux_overlay_view(
    const char *directory, const char *options, const char *subpath, const struct clinux_view_mapping *mapping, const char **stage);

// Quotas of a project: a number that files carry, inherited from their directory
/// Gives a directory, and all that is made in it from now on, to a project.
int clinux_set_project(int directory, uint32_t project);
/// 0 and fills `project`.
int clinux_get_project(int fd, uint32_t *project);
/// Bytes that the project may have on the file system of `fd`, whole KiB, 0 without limit.
int clinux_set_project_limit(int fd, uint32_t project, uint64_t bytes);
/// 0 and fills `limit` and `used`; ESRCH, ENOSYS, ENOTTY where there are no such quotas.
int clinux_get_project_limit(int fd, uint32_t project, uint64_t *limit, uint64_t *used);

// Sockets, events, terminals
ssize_t clinux_send(int socket, const void *bytes, size_t length, const int *fds, size_t fd_count);
/// Receives with MSG_CMSG_CLOEXEC. `fd_count` is the room on entry, what came on return. More descriptors than room: they are closed, errno EMSGSIZE.
ssize_t clinux_receive(int socket, void *bytes, size_t length, int *fds, size_t *fd_count);
/// Binds an IPv4 socket. Address and port in the host's byte order; `port` is the bound one on return, also for 0.
int clinux_bind_inet(int socket, uint32_t address, uint16_t *port);
int clinux_unix_socket(int type);
int clinux_unix_bind(int socket, const char *path);
int clinux_unix_connect(int socket, const char *path);
int clinux_accept(int socket);
int clinux_peer_uid(int socket, uint32_t *uid, int32_t *pid);
int clinux_socketpair(int type, int fds[2]);
int clinux_epoll_create(void);
int clinux_epoll_set(int epoll, int operation, int fd, uint32_t events, uint64_t token);
struct clinux_event {
  uint32_t events;
  uint64_t token;
};
int clinux_epoll_wait(int epoll, struct clinux_event *events, int count, int timeout_ms);
enum { CLINUX_EPOLL_ADD = 1, CLINUX_EPOLL_DELETE = 2, CLINUX_EPOLL_MODIFY = 3 };
enum { CLINUX_EPOLLIN = 1, CLINUX_EPOLLOUT = 4, CLINUX_EPOLLERR = 8, CLINUX_EPOLLHUP = 16, CLINUX_EPOLLRDHUP = 0x2000 };
int clinux_eventfd(void);
/// Blocks the signals (up to eight) and returns a signalfd for them.
int clinux_signalfd(const int *signals, int count);
/// The next signal from a signalfd, 0 for none.
int clinux_signalfd_next(int fd);
int clinux_pipe(int fds[2], int flags);
int clinux_tty_unlock(int master);
int clinux_tty_peer(int master);
int clinux_tty_control(int slave);
int clinux_tty_set_size(int fd, uint16_t rows, uint16_t columns);
int clinux_tty_get_size(int fd, uint16_t *rows, uint16_t *columns);
#endif

#include "include/clinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t clinux_clone3(uint64_t flags, int exit_signal, int *pidfd, int cgroup) {
  struct clone_args args;
  memset(&args, 0, sizeof args);
  args.flags = flags;
  args.exit_signal = (uint64_t)exit_signal;
  if (pidfd) {
    args.flags |= CLONE_PIDFD;
    args.pidfd = (uint64_t)(uintptr_t)pidfd;
  }
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)cgroup;
  }
  return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

// clone3(2) would be refused by Docker's seccomp profile, which is in force by then.
pid_t clinux_clone_sibling(int *pid) {
  return (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_PARENT | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD), NULL, pid, NULL, NULL);
}

pid_t clinux_fork(void) { return fork(); }
int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int clinux_pidfd_send_signal(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int clinux_waitid(int idtype, id_t id, struct clinux_exit *exit, int options) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  if (syscall(SYS_waitid, idtype, id, &info, options, NULL) < 0) return -1;
  if (info.si_pid == 0) return 0;
  exit->pid = info.si_pid;
  exit->code = info.si_code;
  exit->status = info.si_status;
  return 1;
}

int clinux_setns(int fd, int flags) { return setns(fd, flags); }
int clinux_unshare(int flags) { return unshare(flags); }
int clinux_namespace_type(int fd) { return ioctl(fd, NS_GET_NSTYPE); }
int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) { return prctl(option, a, b, c, d); }

int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
      {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
  };
  return (int)syscall(SYS_capset, &header, data);
}

int clinux_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) return -1;
  *effective = data[0].effective | (uint64_t)data[1].effective << 32;
  *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  *inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
  return 0;
}

// The plain calls, for this thread alone: glibc's would signal every thread of the process that was cloned.
int clinux_setresuid(uint32_t uid) { return (int)syscall(SYS_setresuid, uid, uid, uid); }
int clinux_setresgid(uint32_t gid) { return (int)syscall(SYS_setresgid, gid, gid, gid); }
int clinux_setgroups(size_t count, const uint32_t *groups) { return (int)syscall(SYS_setgroups, count, groups); }

int clinux_setrlimit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit limit = {soft, hard};
  return setrlimit((__rlimit_resource_t)resource, &limit);
}

int clinux_getrlimit(int resource, uint64_t *soft, uint64_t *hard) {
  struct rlimit limit;
  if (getrlimit((__rlimit_resource_t)resource, &limit) < 0) return -1;
  *soft = limit.rlim_cur;
  *hard = limit.rlim_max;
  return 0;
}

int clinux_seccomp_load(const void *program, size_t instructions, unsigned flags) {
  if (instructions > UINT16_MAX) {
    errno = EINVAL;
    return -1;
  }
  struct sock_fprog filter = {(unsigned short)instructions, (struct sock_filter *)program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

int clinux_join_new_session_keyring(void) { return (int)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); }
int clinux_sethostname(const char *name, size_t length) { return sethostname(name, length); }
int clinux_setdomainname(const char *name, size_t length) { return setdomainname(name, length); }
int clinux_close_range(unsigned first, unsigned last, unsigned flags) { return (int)syscall(SYS_close_range, first, last, flags); }
size_t clinux_program_size(void) {
  size_t size = 0;
  const ElfW(Phdr) *header = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  for (unsigned long left = getauxval(AT_PHNUM); left > 0; left--, header++)
    if (header->p_type == PT_LOAD && header->p_offset + header->p_filesz > size) size = header->p_offset + header->p_filesz;
  return size;
}

void clinux_release_memory(void) { malloc_trim(0); }
void clinux_overwrite_freed_memory(void) { mallopt(M_PERTURB, 0xA5); }
void clinux_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

static int release_code(struct dl_phdr_info *program, size_t size, void *unused) {
  (void)size, (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < program->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &program->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || part->p_flags & PF_W) continue;
    uintptr_t start = (program->dlpi_addr + part->p_vaddr + page - 1) & ~(page - 1);
    uintptr_t end = (program->dlpi_addr + part->p_vaddr + part->p_filesz) & ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 1;  // The first is the program itself.
}
void clinux_release_code(void) { dl_iterate_phdr(release_code, NULL); }
char **clinux_environ(void) { return environ; }

void clinux_reset_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < 65; signal++) sigaction(signal, &action, NULL);
  // The C library keeps two for itself, and posix_spawn(3) has the program that it starts ignore them. All zeros is the default.
  static const char none_of_it[64];
  for (int signal = 32; signal < 34; signal++) syscall(SYS_rt_sigaction, signal, none_of_it, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

int clinux_spawn_detached(pid_t *pid, int program, const char *name, int socket) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  sigset_t none;
  char *const arguments[] = {(char *)name, NULL}, *const environment[] = {NULL};
  int error = posix_spawnattr_init(&attributes);
  if (error) return error;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  error = posix_spawn_file_actions_init(&actions);
  if (!error) {
    for (int fd = 0; fd < 3 && !error; fd++) error = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, socket, 3);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, program, 4);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, 5);
    if (!error) error = posix_spawn(pid, "/proc/self/fd/4", &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
  }
  posix_spawnattr_destroy(&attributes);
  return error;
}

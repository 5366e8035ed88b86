// What a hostile image would run: a static program of small attacks. Each prints what it was able to do, a line each, and last
// `attempts N`, so that silence is not taken for safety.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long attempts;

static int done(void) {
  printf("attempts %ld\n", attempts);
  return 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

#if defined(__x86_64__)
// The i386 door: arguments must lie below 4 GiB.
static long i386(long number, long b, long c, long d) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(b), "c"(c), "d"(d), "S"(0), "D"(0) : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
}
#endif

// S19: socket() for every family through every entry.
static int families(void) {
  for (int family = 0; family <= 50; family++)
    for (int type = 1; type <= 5; type++) {
      attempts++;
      if (syscall(SYS_socket, family, type, 0) >= 0) printf("native %d\n", family);
    }
#if defined(__x86_64__)
  uint32_t *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  for (int family = 0; family <= 50; family++)
    for (int type = 1; type <= 5; type++) {
      attempts += 3;
      if (i386(359, family, type, 0) >= 0) printf("i386 %d\n", family);
      low[0] = family, low[1] = type, low[2] = 0;
      if (i386(102, 1, (long)(uintptr_t)low, 0) >= 0) printf("socketcall %d\n", family);
      if (syscall(0x40000000 | SYS_socket, family, type, 0) >= 0) printf("x32 %d\n", family);
    }
#endif
  return done();
}

// S19, C5: calls that no container needs. Arguments are such that a call that got through does nothing but fail in another way.
static int calls(void) {
  struct { const char *name; long number; } all[] = {
    {"unshare", SYS_unshare}, {"mount", SYS_mount}, {"umount2", SYS_umount2}, {"pivot_root", SYS_pivot_root}, {"setns", SYS_setns},
    {"bpf", SYS_bpf}, {"keyctl", SYS_keyctl}, {"add_key", SYS_add_key}, {"request_key", SYS_request_key}, {"userfaultfd", SYS_userfaultfd},
    {"perf_event_open", SYS_perf_event_open}, {"io_uring_setup", SYS_io_uring_setup}, {"io_uring_enter", SYS_io_uring_enter},
    {"io_uring_register", SYS_io_uring_register}, {"open_by_handle_at", SYS_open_by_handle_at}, {"kexec_load", SYS_kexec_load},
    {"init_module", SYS_init_module}, {"finit_module", SYS_finit_module}, {"delete_module", SYS_delete_module}, {"swapon", SYS_swapon},
    {"swapoff", SYS_swapoff}, {"reboot", SYS_reboot}, {"fsopen", SYS_fsopen}, {"fsconfig", SYS_fsconfig}, {"fsmount", SYS_fsmount},
    {"fspick", SYS_fspick}, {"open_tree", SYS_open_tree}, {"move_mount", SYS_move_mount}, {"mount_setattr", SYS_mount_setattr},
    {"kcmp", SYS_kcmp}, {"move_pages", SYS_move_pages}, {"acct", SYS_acct}, {"settimeofday", SYS_settimeofday},
    {"clock_settime", SYS_clock_settime}, {"syslog", SYS_syslog}, {"quotactl", SYS_quotactl}, {"pidfd_getfd", SYS_pidfd_getfd},
    {"fanotify_init", SYS_fanotify_init}, {"lookup_dcookie", 212}, {"mbind", SYS_mbind}, {"sethostname", SYS_sethostname},
  };
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    attempts++;
    long result = syscall(all[i].number, -1L, -1L, -1L, -1L, -1L, -1L);
    if (result >= 0 || errno != EPERM) printf("%s %ld %d\n", all[i].name, result, result < 0 ? errno : 0);
  }
  long flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET};
  for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
    attempts++;
    long result = syscall(SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0);
    if (result == 0) _exit(0);
    if (result > 0 || errno != EPERM) printf("clone %lx\n", flags[i]);
  }
  attempts++;
  if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS) printf("clone3\n");
  return done();
}

// S16: makes and opens every device that could be there.
static int devices(const char *directory) {
  char path[256];
  for (int kind = 0; kind < 2; kind++)
    for (int major = 0; major < 256; major++)
      for (int minor = 0; minor < 16; minor++) {
        attempts++;
        snprintf(path, sizeof path, "%s/d", directory);
        unlink(path);
        if (mknod(path, (kind ? S_IFBLK : S_IFCHR) | 0600, makedev(major, minor)) != 0) continue;
        for (int mode = 0; mode < 2; mode++) {
          int fd = open(path, (mode ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY);
          // No such device: the group let it through, there is only nothing behind it.
          if (fd >= 0 || (errno != EPERM && errno != EACCES)) printf("%c %d:%d %s %d\n", kind ? 'b' : 'c', major, minor, mode ? "w" : "r", fd >= 0 ? 0 : errno);
          if (fd >= 0) close(fd);
        }
      }
  unlink(path);
  return done();
}

static int writable(const char *path, const struct stat *status, int type, struct FTW *ftw) {
  (void)ftw;
  if (type != FTW_F || !S_ISREG(status->st_mode)) return 0;
  attempts++;
  int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
  if (fd >= 0) {
    printf("writable %s\n", path);
    close(fd);
  }
  return 0;
}

// C7, S15: opens for writing whatever is a file below these paths; nothing is written.
static int writes(char **paths) {
  for (; *paths; paths++) nftw(*paths, writable, 64, FTW_PHYS);
  return done();
}

// S15: a cgroup file system of one's own, and what the notify_on_release trick needs.
static int cgroups(void) {
  mkdir("/tmp/cg", 0700);
  const char *types[] = {"cgroup", "cgroup2"}, *options[] = {"memory", "rdma", "devices", "none,name=x", NULL};
  for (int t = 0; t < 2; t++)
    for (int o = 0; o < 5; o++) {
      attempts++;
      if (mount("x", "/tmp/cg", types[t], 0, options[o]) == 0) printf("mounted %s\n", types[t]), umount("/tmp/cg");
    }
  attempts += 3;
  if (mkdir("/sys/fs/cgroup/escape", 0755) == 0) printf("made a group\n");
  if (mkdir("/sys/fs/cgroup/memory/escape", 0755) == 0) printf("made a group of memory\n");
  if (mount(NULL, "/sys/fs/cgroup", NULL, MS_REMOUNT | MS_BIND, NULL) == 0) printf("remounted\n");
  return done();
}

// S20: reads, uncovers and covers hidden paths.
static int masked(char **paths) {
  char buffer[4096];
  for (; *paths; paths++) {
    struct stat status;
    if (lstat(*paths, &status) != 0) continue;
    attempts += 4;
    if (S_ISDIR(status.st_mode)) {
      DIR *directory = opendir(*paths);
      for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (entry->d_name[0] != '.') printf("lists %s/%s\n", *paths, entry->d_name);
      if (directory) closedir(directory);
      snprintf(buffer, sizeof buffer, "%s/x", *paths);
      int fd = open(buffer, O_CREAT | O_WRONLY, 0600);
      if (fd >= 0) printf("makes %s\n", buffer), close(fd);
    } else {
      int fd = open(*paths, O_RDONLY | O_NONBLOCK);
      if (fd >= 0 && read(fd, buffer, sizeof buffer) > 0) printf("reads %s\n", *paths);
      if (fd >= 0) close(fd);
    }
    if (umount2(*paths, MNT_DETACH) == 0) printf("uncovers %s\n", *paths);
    if (mount("/tmp", *paths, NULL, MS_BIND, NULL) == 0) printf("covers %s\n", *paths);
    if (rename(*paths, "/proc/other") == 0) printf("renames %s\n", *paths);
  }
  return done();
}

// S02: what a program has at its first instruction, and where it is.
static int place(void) {
  char buffer[8192];
  for (int fd = 0; fd < 65536; fd++)
    if (fcntl(fd, F_GETFD) >= 0) printf("fd %d\n", fd);
  long length = syscall(SYS_getcwd, buffer, sizeof buffer);
  if (length <= 0 || buffer[0] != '/') printf("outside %s\n", length > 0 ? buffer : "?");
  // Up from here must end at our root.
  struct stat root, top;
  stat("/", &root);
  for (int i = 0; i < 64; i++)
    if (chdir("..") != 0) printf("no way up\n");
  stat(".", &top);
  if (root.st_dev != top.st_dev || root.st_ino != top.st_ino) printf("outside above\n");
  attempts = 1;
  return done();
}

// What a process may do, from its status, which everybody can read.
static uint64_t capabilities(int pid) {
  char path[64], line[256];
  uint64_t found = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "CapPrm:", 7)) found = strtoull(line + 7, NULL, 16);
  if (file) fclose(file);
  return found;
}

// S01, S03: looks into every process that is not of our own making: the runtime's, on its way in. Opens of its program for writing, of its
// descriptors, of its memory, and ptrace.
static int intrude(double seconds) {
  struct stat root, status;
  stat("/", &root);
  pid_t self = getpid();
  uint64_t own = capabilities(self);
  double end = now() + seconds;
  char path[300], target[512];
  long seen = 0;
  // On a machine that has other things to do nobody may have come by then.
  while (now() < end || (attempts == 0 && now() < end + 60)) {
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc && (entry = readdir(proc));) {
      int pid = atoi(entry->d_name);
      if (pid <= 0 || pid == self) continue;
      // A program of ours is not worth it.
      snprintf(path, sizeof path, "/proc/%d/exe", pid);
      if (stat(path, &status) == 0 && status.st_dev == root.st_dev) continue;
      attempts++;
      ssize_t length = readlink(path, target, sizeof target - 1);
      if (length > 0) {
        target[length] = 0;
        if (strstr(target, "shim") || strstr(target, "memfd")) {
          seen++;
          int fd = open(path, O_RDONLY | O_CLOEXEC);
          // Sealed against writing, growing, shrinking and more seals, it is worth nothing; and it may have become a program of ours since.
          int seals = fd >= 0 ? fcntl(fd, F_GET_SEALS) : 15;
          if (seals != 15 && fstat(fd, &status) == 0 && status.st_dev != root.st_dev) printf("reads the program %s, seals %d\n", target, seals);
          if (fd >= 0) close(fd);
        }
      }
      int fd = open(path, O_WRONLY | O_CLOEXEC);
      if (fd >= 0) {
        // The process may have become one of ours since.
        if (fstat(fd, &status) == 0 && status.st_dev != root.st_dev) printf("writes the program of %d\n", pid);
        close(fd);
      }
      for (int number = 0; number < 12; number++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);
        length = readlink(path, target, sizeof target - 1);
        if (length <= 0 || number < 3) continue;
        target[length] = 0;
        if (stat(path, &status) == 0 && status.st_dev != root.st_dev && !S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode)
            && !S_ISCHR(status.st_mode) && target[0] == '/' && strncmp(target, "/proc", 5) != 0)
          printf("sees descriptor %d: %s\n", number, target);
      }
      char byte;
      snprintf(path, sizeof path, "/proc/%d/exe", pid);
      if (stat(path, &status) == 0 && status.st_dev == root.st_dev) continue;
      snprintf(path, sizeof path, "/proc/%d/mem", pid);
      fd = open(path, O_RDWR | O_CLOEXEC);
      if (fd >= 0) {
        snprintf(path, sizeof path, "/proc/%d/exe", pid);
        // Of one that may do more than we: then it would do that for us.
        if ((capabilities(pid) & ~own) && pread(fd, &byte, 1, 0x400000) == 1 && stat(path, &status) == 0 && status.st_dev != root.st_dev)
          printf("opens the memory of %d\n", pid);
        close(fd);
      }
    }
    if (proc) closedir(proc);
  }
  printf("seen %ld\n", seen);
  return done();
}

// S03 with CAP_SYS_PTRACE: stops whatever comes into the pid namespace as soon as it is there, and while it is not a program of ours looks for what
// it has that we have not. What a stopped process has cannot change while one looks.
static void inspect(pid_t pid, const struct stat *root, long *seen) {
  struct stat status;
  char path[300], own[256], target[256];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  if (stat(path, &status) != 0 || status.st_dev == root->st_dev) return;
  ++*seen;
  ssize_t length = readlink(path, target, sizeof target - 1);
  target[length < 0 ? 0 : length] = 0;
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd >= 0) printf("writes the program %s\n", target), close(fd);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0 && fcntl(fd, F_GET_SEALS) != 15) printf("reads the program %s, which is not sealed\n", target);
  if (fd >= 0) close(fd);
  int process = syscall(SYS_pidfd_open, pid, 0);
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *directory = opendir(path);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    int number = atoi(entry->d_name);
    if (number < 3) continue;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);
    length = readlink(path, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = 0;
    printf("sees descriptor %d: %s\n", number, target);
    fd = syscall(SYS_pidfd_getfd, process, number, 0);
    if (fd >= 0) printf("takes descriptor %d\n", number), close(fd);
  }
  if (directory) closedir(directory);
  if (process >= 0) close(process);
  const char *places[] = {"root/", "cwd/"};
  for (unsigned i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "/proc/%d/%s", pid, places[i]);
    if (stat(path, &status) == 0 && status.st_dev != root->st_dev) printf("is let into its %s\n", places[i]);
  }
  const char *spaces[] = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};
  for (unsigned i = 0; i < sizeof spaces / sizeof *spaces; i++) {
    snprintf(path, sizeof path, "/proc/self/ns/%s", spaces[i]);
    length = readlink(path, own, sizeof own - 1);
    own[length < 0 ? 0 : length] = 0;
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, spaces[i]);
    length = readlink(path, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = 0;
    if (length > 0 && strcmp(own, target)) printf("finds another namespace, %s\n", target);
  }
  if (capabilities(pid) & ~capabilities(getpid())) printf("holds one that may do more\n");
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(target, sizeof target, file))
    if (!strncmp(target, "Seccomp:", 8) && atoi(target + 8) != 2) printf("holds one without a filter\n");
  if (file) fclose(file);
}

static int entering(double seconds) {
  struct stat root;
  stat("/", &root);
  pid_t next = getpid() + 1;
  double end = now() + seconds;
  long seen = 0, stopped = 0;
  for (long turn = 0; turn % 64 || now() < end; turn++) {
    if (turn % 4096 == 0) {
      DIR *proc = opendir("/proc");
      for (struct dirent *entry; proc && (entry = readdir(proc));)
        if (atoi(entry->d_name) >= next) next = atoi(entry->d_name);
      if (proc) closedir(proc);
    }
    for (pid_t pid = next; pid < next + 4; pid++) {
      attempts++;
      if (ptrace(PTRACE_SEIZE, pid, 0, 0) != 0) {
        if (errno == EPERM) next = pid + 1;
        continue;
      }
      next = pid + 1;
      int status;
      if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0 && waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
        stopped++;
        inspect(pid, &root, &seen);
        ptrace(PTRACE_DETACH, pid, 0, 0);
      }
    }
  }
  printf("stopped %ld\nseen %ld\n", stopped, seen);
  return done();
}

// Exchanges two names for as long as it runs.
static int swap(const char *one, const char *other) {
  for (;;)
    if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) != 0 && errno != ENOENT && errno != EBUSY) {
      perror("renameat2");
      return 1;
    }
}

// Sockets without a file (S18).
static int abstract(void) {
  FILE *file = fopen("/proc/net/unix", "r");
  char line[1024];
  while (file && fgets(line, sizeof line, file)) {
    attempts++;
    if (strchr(line, '@')) fputs(line, stdout);
  }
  return done();
}

int main(int count, char **words) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *attack = count > 1 ? words[1] : "";
  if (!strcmp(attack, "families")) return families();
  if (!strcmp(attack, "calls")) return calls();
  if (!strcmp(attack, "devices") && count > 2) return devices(words[2]);
  if (!strcmp(attack, "writes")) return writes(words + 2);
  if (!strcmp(attack, "cgroups")) return cgroups();
  if (!strcmp(attack, "masked")) return masked(words + 2);
  if (!strcmp(attack, "place")) return place();
  if (!strcmp(attack, "intrude") && count > 2) return intrude(atof(words[2]));
  if (!strcmp(attack, "entering") && count > 2) return entering(atof(words[2]));
  if (!strcmp(attack, "swap") && count > 3) return swap(words[2], words[3]);
  if (!strcmp(attack, "abstract")) return abstract();
  fprintf(stderr, "no such attack\n");
  return 2;
}

// What a container lets its first process see and do, a line each: `section|name|value`. The same program asks in a container of Muster's and in one of
// Docker's, so that the two can be compared. It changes nothing: calls get arguments that are of no use, files are opened and not written.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const char *kind(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG: return "file";
  case S_IFDIR: return "directory";
  case S_IFCHR: return "character";
  case S_IFBLK: return "block";
  case S_IFIFO: return "pipe";
  case S_IFLNK: return "link";
  default: return "socket";
  }
}

// Before anything else is opened.
static void descriptors(void) {
  for (int fd = 0; fd < 65536; fd++) {
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &status) != 0) continue;
    printf("descriptor|%d|%s %d:%d\n", fd, kind(status.st_mode), S_ISCHR(status.st_mode) ? major(status.st_rdev) : 0,
      S_ISCHR(status.st_mode) ? minor(status.st_rdev) : 0);
  }
}

static void environment(void) {
  for (char **entry = environ; *entry; entry++) printf("environment|%.*s|%s\n", (int)strcspn(*entry, "="), *entry, *entry + strcspn(*entry, "="));
}

static void process(void) {
  char line[512];
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    char *colon = strchr(line, ':');
    if (!colon) continue;
    *colon = 0;
    const char *wanted[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}, *others[] = {"NoNewPrivs", "Seccomp", "Seccomp_filters", "Uid", "Gid",
      "Groups", "Umask", "SigBlk", "SigIgn", "NStgid", "Speculation_Store_Bypass", "SpeculationIndirectBranch", "CoreDumping", "THP_enabled"};
    for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++)
      if (!strcmp(line, wanted[i])) printf("capabilities|%s|%s\n", line, colon + 1 + strspn(colon + 1, " \t"));
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
      if (!strcmp(line, others[i])) printf("process|%s|%s\n", line, colon + 1 + strspn(colon + 1, " \t"));
  }
  if (file) fclose(file);
  char buffer[4096];
  printf("process|directory|%s\n", getcwd(buffer, sizeof buffer) ? buffer : "?");
  printf("process|dumpable|%d\n", prctl(PR_GET_DUMPABLE));
  printf("process|securebits|%d\n", prctl(PR_GET_SECUREBITS));
  printf("process|keepcaps|%d\n", prctl(PR_GET_KEEPCAPS));
  int value = -1;
  prctl(PR_GET_CHILD_SUBREAPER, &value);
  printf("process|subreaper|%d\n", value);
  printf("process|nice|%d\n", getpriority(PRIO_PROCESS, 0));
  printf("process|scheduler|%d\n", sched_getscheduler(0));
  const char *files[] = {"oom_score_adj", "coredump_filter", "loginuid", "personality", "setgroups", "uid_map", "gid_map"};
  for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(buffer, sizeof buffer, "/proc/self/%s", files[i]);
    int fd = open(buffer, O_RDONLY);
    ssize_t length = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
    if (fd >= 0) close(fd);
    line[length < 0 ? 0 : length] = 0;
    line[strcspn(line, "\n")] = 0;
    printf("process|%s|%s\n", files[i], length < 0 ? "-" : line);
  }
}

static void limits(void) {
  static const char *names[] = {"cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending", "msgqueue",
    "nice", "rtprio", "rttime"};
  for (int i = 0; i < 16; i++) {
    struct rlimit limit;
    if (getrlimit(i, &limit) == 0) printf("limit|%s|%lld %lld\n", names[i], (long long)limit.rlim_cur, (long long)limit.rlim_max);
  }
}

static void namespaces(void) {
  const char *names[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  char path[64], target[64];
  for (unsigned i = 0; i < 8; i++) {
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length > 0) printf("namespace|%s|%.*s\n", names[i], (int)length, target);
  }
}

// MARK: system calls

struct answer { int done; long result; };

static long native(long number, long first, long second) { return syscall(number, first, second, -1L, -1L, -1L, -1L) == -1 ? -errno : 0; }

static long i386(long number, long first) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(-1), "d"(-1), "S"(-1), "D"(-1) : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
#else
  return -ENOSYS;
#endif
}

// In a process of its own, as what is allowed may do anything: "passes" is every answer but the two of a filter.
static const char *asked(int abi, long number, long first, long second, struct answer *answer) {
  answer->done = 0;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    // The signals that an alarm or a return from no signal makes end it; nobody else is in its group.
    setpgid(0, 0);
    long result = abi == 1 ? i386(number, first) : native(abi == 2 ? 0x40000000 | number : number, first, second);
    answer->result = result;
    answer->done = 1;
    _exit(0);
  }
  // A call that waits is one that passes.
  for (int turn = 0; turn < 300; turn++) {
    int status;
    if (waitpid(pid, &status, WNOHANG) == pid) break;
    struct timespec pause = {0, turn < 20 ? 20000 : 1000000};
    nanosleep(&pause, NULL);
    if (turn == 299) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
    }
  }
  while (waitpid(-1, NULL, WNOHANG) > 0) {}
  if (answer->done && answer->result == -EPERM) return "EPERM";
  if (answer->done && answer->result == -ENOSYS) return "ENOSYS";
  return "passes";
}

static void calls(void) {
  struct answer *answer = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  static const char *abis[] = {"native", "i386", "x32"};
#if defined(__x86_64__)
  int count = 3;
#else
  int count = 1;
#endif
  for (int abi = 0; abi < count; abi++)
    for (int number = 0; number < 512; number++) printf("call|%s %d|%s\n", abis[abi], number, asked(abi, number, -1, -1, answer));
  for (int abi = 0; abi < count; abi++)
    for (int family = 0; family <= 50; family++) {
      // i386's socket(2) is 359.
      const char *best = "ENOSYS";
      for (int type = 1; type <= 5; type++) {
        long result = abi == 1 ? 0 : native((abi == 2 ? 0x40000000 : 0) | SYS_socket, family, type);
#if defined(__x86_64__)
        if (abi == 1) __asm__ volatile("int $0x80" : "=a"(result) : "a"(359), "b"(family), "c"(type), "d"(0), "S"(0), "D"(0) : "memory");
        result = abi == 1 ? (int)result : result;
#endif
        // The third argument, -1, is no protocol: what passes fails with another error.
        const char *now = result == -EPERM ? "EPERM" : result == -ENOSYS ? "ENOSYS" : result == -EAFNOSUPPORT ? "none" : "passes";
        if (!strcmp(now, "passes") || strcmp(best, "passes")) best = now;
      }
      printf("socket|%s %d|%s\n", abis[abi], family, best);
    }
  long flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET, 0x80 /* CLONE_NEWTIME */};
  for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
    printf("clone|clone %lx|%s\n", flags[i], asked(0, SYS_clone, flags[i] | SIGCHLD, 0, answer));
    printf("clone|unshare %lx|%s\n", flags[i], asked(0, SYS_unshare, flags[i], 0, answer));
  }
  long persons[] = {0, 8, 0x20000, 0x20008, 0xffffffff, 0x40000, 0x8000000};
  for (unsigned i = 0; i < sizeof persons / sizeof *persons; i++)
    printf("personality|%lx|%s\n", persons[i], asked(0, SYS_personality, persons[i], 0, answer));
  for (int operation = 0; operation < 33; operation++)
    printf("keyctl|%d|%s\n", operation, asked(0, SYS_keyctl, operation, KEY_SPEC_SESSION_KEYRING, answer));
}

// MARK: files

static const char *section;

static int look(const char *path, const struct stat *status, int type, struct FTW *ftw) {
  (void)ftw;
  // The processes' own directories are the process's own affair but for the first.
  if (!strncmp(path, "/proc/", 6) && path[6] >= '0' && path[6] <= '9') return FTW_SKIP_SUBTREE;
  if (!strncmp(path, "/proc/self", 10) || !strncmp(path, "/proc/thread-self", 17)) return FTW_SKIP_SUBTREE;
  // Control groups are looked at apart.
  if (!strncmp(path, "/sys/fs/cgroup", 14)) return FTW_SKIP_SUBTREE;
  if (type == FTW_DNR) {
    printf("%s|%s|-\n", section, path);
    return 0;
  }
  if (S_ISDIR(status->st_mode)) {
    printf("%s|%s|d\n", section, path);
    return 0;
  }
  if (S_ISLNK(status->st_mode)) return 0;
  char found[8] = "", byte;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  if (fd >= 0) {
    // Hidden by the null device, it opens and says nothing.
    struct stat real;
    if (fstat(fd, &real) == 0 && S_ISREG(real.st_mode)) {
      strcat(found, "o");
      if (read(fd, &byte, 1) == 1) strcat(found, "r");
    }
    close(fd);
  }
  fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  if (fd >= 0) {
    struct stat real;
    if (fstat(fd, &real) == 0 && S_ISREG(real.st_mode)) strcat(found, "w");
    close(fd);
  }
  printf("%s|%s|%s\n", section, path, *found ? found : "-");
  return 0;
}

static void files(void) {
  section = "file";
  nftw("/proc", look, 64, FTW_PHYS | FTW_ACTIONRETVAL);
  nftw("/sys", look, 64, FTW_PHYS | FTW_ACTIONRETVAL);
}

// What of the first process itself can be opened.
static void own(void) {
  DIR *directory = opendir("/proc/1");
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char path[300];
    snprintf(path, sizeof path, "/proc/1/%s", entry->d_name);
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) continue;
    int readable = open(path, O_RDONLY | O_NONBLOCK), writable = open(path, O_WRONLY | O_NONBLOCK);
    printf("own|%s|%s%s\n", entry->d_name, readable >= 0 ? "r" : "", writable >= 0 ? "w" : "");
    if (readable >= 0) close(readable);
    if (writable >= 0) close(writable);
  }
  if (directory) closedir(directory);
}

static int parameter(const char *path, const struct stat *status, int type, struct FTW *ftw) {
  (void)ftw;
  if (type != FTW_F || !S_ISREG(status->st_mode)) return 0;
  char value[256];
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  ssize_t length = fd >= 0 ? read(fd, value, sizeof value - 1) : -1;
  if (fd >= 0) close(fd);
  if (length < 0) return 0;
  value[length] = 0;
  for (char *at = value; *at; at++)
    if (*at == '\n' || *at == '\t' || *at == '|') *at = ' ';
  printf("parameter|%s|%s\n", path + 10, value);
  return 0;
}

static long groupsSeen, groupsWritable;
static int group(const char *path, const struct stat *status, int type, struct FTW *ftw) {
  (void)ftw, (void)type;
  if (S_ISDIR(status->st_mode)) groupsSeen++;
  if (S_ISREG(status->st_mode)) {
    int fd = open(path, O_WRONLY | O_NONBLOCK);
    if (fd >= 0) groupsWritable++, close(fd);
  }
  return 0;
}

static void groups(void) {
  char line[1024];
  FILE *file = fopen("/proc/self/cgroup", "r");
  while (file && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    char *second = strchr(line, ':'), *third = second ? strchr(second + 1, ':') : NULL;
    if (!third) continue;
    *third = 0;
    printf("group|of %s|%s\n", second + 1, third + 1);
  }
  if (file) fclose(file);
  nftw("/sys/fs/cgroup", group, 64, FTW_PHYS);
  printf("group|directories|%ld\ngroup|writable files|%ld\n", groupsSeen, groupsWritable);
  DIR *directory = opendir("/sys/fs/cgroup");
  long made = mkdir("/sys/fs/cgroup/audit", 0755) == 0;
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char path[300];
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s/audit", entry->d_name);
    if (entry->d_name[0] != '.' && mkdir(path, 0755) == 0) made++, rmdir(path);
  }
  if (directory) closedir(directory);
  printf("group|made|%ld\n", made);
}

static void mounts(void) {
  char line[8192];
  FILE *file = fopen("/proc/self/mountinfo", "r");
  while (file && fgets(line, sizeof line, file)) {
    char *words[64];
    int count = 0;
    for (char *word = strtok(line, " \n"); word && count < 64; word = strtok(NULL, " \n")) words[count++] = word;
    int dash = 6;
    while (dash < count && strcmp(words[dash], "-")) dash++;
    if (dash + 3 >= count) continue;
    printf("mount|%s|%s %s", words[4], words[dash + 1], words[5]);
    for (int i = 6; i < dash; i++) printf(",%.*s", (int)strcspn(words[i], ":"), words[i]);
    printf(" %s\n", words[dash + 3]);
  }
  if (file) fclose(file);
  const char *remounts[] = {"/", "/proc", "/sys", "/dev", "/proc/sys", "/sys/fs/cgroup", "/etc/hosts"};
  for (unsigned i = 0; i < sizeof remounts / sizeof *remounts; i++)
    printf("remount|%s|%s\n", remounts[i], mount(NULL, remounts[i], NULL, MS_REMOUNT | MS_BIND, NULL) == 0 ? "passes" : "refused");
}

static void devices(void) {
  DIR *directory = opendir("/dev");
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char path[300];
    struct stat status;
    snprintf(path, sizeof path, "/dev/%s", entry->d_name);
    if (entry->d_name[0] == '.' || lstat(path, &status) != 0) continue;
    printf("device|%s|%s %d:%d %o %d:%d\n", entry->d_name, kind(status.st_mode), S_ISCHR(status.st_mode) ? major(status.st_rdev) : 0,
      S_ISCHR(status.st_mode) ? minor(status.st_rdev) : 0, status.st_mode & 07777, status.st_uid, status.st_gid);
  }
  if (directory) closedir(directory);
  for (int block = 0; block < 2; block++)
    for (int major = 0; major < 256; major++)
      for (int minor = 0; minor < 16; minor++) {
        char found[8] = "";
        unlink("/tmp/node");
        if (mknod("/tmp/node", (block ? S_IFBLK : S_IFCHR) | 0600, makedev(major, minor)) == 0) {
          strcat(found, "m");
          for (int mode = 0; mode < 2; mode++) {
            int fd = open("/tmp/node", (mode ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY);
            // ENXIO and its like: it was let through, there is only nothing behind it.
            if (fd >= 0 || (errno != EPERM && errno != EACCES)) strcat(found, mode ? "w" : "r");
            if (fd >= 0) close(fd);
          }
        }
        if (*found) printf("node|%c %d:%d|%s\n", block ? 'b' : 'c', major, minor, found);
      }
  unlink("/tmp/node");
}

// Only where nothing filters: the session's keyring.
static void keyring(void) {
  char text[512] = "";
  long serial = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
  long length = serial < 0 ? -1 : syscall(SYS_keyctl, KEYCTL_DESCRIBE, serial, text, sizeof text - 1);
  if (length < 0) printf("keyring|session|none\n");
  else printf("keyring|session|%lx %s\n", serial, text);
}

int main(int count, char **words) {
  static char buffer[1 << 20];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  if (count > 1 && !strcmp(words[1], "keyring")) {
    keyring();
    return fflush(stdout);
  }
  descriptors();
  environment();
  process();
  limits();
  namespaces();
  mounts();
  groups();
  devices();
  calls();
  own();
  files();
  nftw("/proc/sys", parameter, 64, FTW_PHYS);
  printf("end||\n");
  return fflush(stdout);
}

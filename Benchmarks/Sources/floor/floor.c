// floor ROOT DIRECTORY COUNT WORKERS: what the kernel alone needs to start COUNT containers, printed in seconds.
//
// Each worker makes its share of them, one after another, as a container engine would have to: cgroup, new mount, PID, network, UTS, IPC and
// cgroup namespaces, a veth pair on a bridge with an address, an overlay of ROOT, /proc, /sys, /dev, pivot_root, and then execve of
// /bin/true. No images, state, logs, names, firewall or confinement. Runs in a network namespace of the caller's; files are made below
// DIRECTORY, and control groups have its last name before theirs.
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  _exit(1);
}

struct message {
  struct nlmsghdr header;
  char room[1024];
};

static void *append(struct message *m, const void *bytes, size_t count) {
  void *at = (char *)m + m->header.nlmsg_len;
  if (bytes) memcpy(at, bytes, count);
  m->header.nlmsg_len += NLMSG_ALIGN(count);
  return at;
}

static struct rtattr *attribute(struct message *m, int type, const void *bytes, size_t count) {
  struct rtattr *at = (struct rtattr *)((char *)m + m->header.nlmsg_len);
  at->rta_type = type;
  at->rta_len = RTA_LENGTH(count);
  if (bytes) memcpy(RTA_DATA(at), bytes, count);
  m->header.nlmsg_len += RTA_ALIGN(at->rta_len);
  return at;
}

static void close_nest(struct message *m, struct rtattr *nest) {
  nest->rta_len = (char *)m + m->header.nlmsg_len - (char *)nest;
}

static struct message begin(int type, int flags) {
  struct message m = {0};
  m.header.nlmsg_len = NLMSG_HDRLEN;
  m.header.nlmsg_type = type;
  m.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
  return m;
}

static void talk(int socket, struct message *m, const char *what) {
  char answer[4096];
  if (send(socket, m, m->header.nlmsg_len, 0) < 0 || recv(socket, answer, sizeof answer, 0) < 0) fail(what);
  struct nlmsgerr *error = NLMSG_DATA((struct nlmsghdr *)answer);
  if (error->error) {
    errno = -error->error;
    fail(what);
  }
}

static int route_socket(void) {
  int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (s < 0) fail("netlink");
  return s;
}

static void raise_link(int socket, int index) {
  struct message m = begin(RTM_NEWLINK, 0);
  struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  append(&m, &link, sizeof link);
  talk(socket, &m, "link up");
}

static void make_bridge(int socket) {
  struct message m = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  struct ifinfomsg link = {0};
  append(&m, &link, sizeof link);
  attribute(&m, IFLA_IFNAME, "flo0", 5);
  struct rtattr *kind = attribute(&m, IFLA_LINKINFO, NULL, 0);
  attribute(&m, IFLA_INFO_KIND, "bridge", 6);
  close_nest(&m, kind);
  talk(socket, &m, "bridge");
  raise_link(socket, if_nametoindex("flo0"));
}

static void make_veth(int socket, int number, int pid, int bridge) {
  char name[IFNAMSIZ];
  snprintf(name, sizeof name, "flv%d", number);
  struct message m = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  struct ifinfomsg link = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  append(&m, &link, sizeof link);
  attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
  attribute(&m, IFLA_MASTER, &bridge, 4);
  struct rtattr *kind = attribute(&m, IFLA_LINKINFO, NULL, 0);
  attribute(&m, IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = attribute(&m, IFLA_INFO_DATA, NULL, 0);
  struct rtattr *peer = attribute(&m, VETH_INFO_PEER, NULL, 0);
  struct ifinfomsg other = {0};
  append(&m, &other, sizeof other);
  attribute(&m, IFLA_IFNAME, "eth0", 5);
  attribute(&m, IFLA_NET_NS_PID, &pid, 4);
  close_nest(&m, peer);
  close_nest(&m, data);
  close_nest(&m, kind);
  talk(socket, &m, "veth");
}

static void write_text(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, text, strlen(text)) < 0) fail(path);
  close(file);
}

static const char *hierarchies[] = {"memory", "pids", "cpu", "devices", "freezer"};
static int is_unified(void) { return access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0; }

static const char *group_prefix;

// Makes the container's cgroups and puts the process in (join), or removes them.
static void cgroups(int number, int pid, int join) {
  char path[256], text[32];
  int count = is_unified() ? 1 : sizeof hierarchies / sizeof *hierarchies;
  for (int i = 0; i < count; i++) {
    const char *hierarchy = is_unified() ? "." : hierarchies[i];
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s/%s-floor-%d", hierarchy, group_prefix, number);
    if (!join) {
      for (int tries = 0; rmdir(path) < 0 && errno == EBUSY && tries < 1000; tries++) usleep(1000);
      continue;
    }
    if (mkdir(path, 0755) < 0) {
      if (errno == ENOENT) continue;
      if (errno != EEXIST) fail(path);
    }
    strcat(path, "/cgroup.procs");
    snprintf(text, sizeof text, "%d", pid);
    write_text(path, text);
  }
}

static void child(const char *work, const char *root, int number, int gate) {
  char byte, options[1024], path[512];
  if (read(gate, &byte, 1) != 1) _exit(1);
  int s = route_socket();
  raise_link(s, 1);
  int eth = if_nametoindex("eth0");
  struct message m = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  unsigned char address[4] = {10, 99, number / 250, number % 250 + 2};
  struct ifaddrmsg own = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = eth};
  append(&m, &own, sizeof own);
  attribute(&m, IFA_LOCAL, address, 4);
  attribute(&m, IFA_ADDRESS, address, 4);
  talk(s, &m, "address");
  raise_link(s, eth);
  close(s);
  if (sethostname("floor", 5) < 0) fail("sethostname");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("private");
  snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/%d/u,workdir=%s/%d/w", root, work, number, work, number);
  snprintf(path, sizeof path, "%s/%d/m", work, number);
  if (mount("overlay", path, "overlay", 0, options) < 0) fail("overlay");
  if (chdir(path) < 0) fail("chdir");
  mkdir("proc", 0755), mkdir("sys", 0755), mkdir("dev", 0755);
  if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) fail("proc");
  if (mount("sysfs", "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) fail("sysfs");
  if (mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755,size=64m") < 0) fail("dev");
  mkdir("dev/pts", 0755), mkdir("dev/shm", 01777), mkdir("dev/mqueue", 0755);
  if (mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620") < 0) fail("devpts");
  if (mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m") < 0) fail("shm");
  if (mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) fail("mqueue");
  static const struct { const char *name; int major, minor; } nodes[] = {
      {"dev/null", 1, 3}, {"dev/zero", 1, 5}, {"dev/full", 1, 7}, {"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0}};
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
    if (mknod(nodes[i].name, S_IFCHR | 0666, (dev_t)nodes[i].major << 8 | nodes[i].minor) < 0) fail(nodes[i].name);
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail("pivot_root");
  if (umount2(".", MNT_DETACH) < 0) fail("umount");
  char *const arguments[] = {"true", NULL}, *const environment[] = {"PATH=/bin", NULL};
  execve("/bin/true", arguments, environment);
  fail("execve /bin/true");
}

static void worker(const char *work, const char *root, int first, int end) {
  int s = route_socket(), bridge = if_nametoindex("flo0");
  for (int number = first; number < end; number++) {
    char path[512];
    const char *parts[] = {"", "/u", "/w", "/m"};
    for (int i = 0; i < 4; i++) {
      snprintf(path, sizeof path, "%s/%d%s", work, number, parts[i]);
      if (mkdir(path, 0755) < 0) fail(path);
    }
    int gate[2];
    if (pipe2(gate, O_CLOEXEC) < 0) fail("pipe");
    struct clone_args arguments = {
        .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP, .exit_signal = SIGCHLD};
    int pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0) fail("clone3");
    if (pid == 0) child(work, root, number, gate[0]);
    cgroups(number, pid, 1);
    make_veth(s, number, pid, bridge);
    int status;
    if (write(gate[1], "", 1) != 1) fail("gate");
    close(gate[0]), close(gate[1]);
    if (waitpid(pid, &status, 0) < 0 || status) fail("the container ended badly");
  }
}

int main(int count_arguments, char **arguments) {
  if (count_arguments != 5) {
    fputs("usage: floor ROOT DIRECTORY COUNT WORKERS\n", stderr);
    return 64;
  }
  int count = atoi(arguments[3]), worker_count = atoi(arguments[4]);
  if (worker_count < 1 || worker_count > 64) fail("WORKERS");
  char work[256], path[512];
  const char *last = strrchr(arguments[2], '/');
  group_prefix = last ? last + 1 : arguments[2];
  snprintf(work, sizeof work, "%s/floor-XXXXXX", arguments[2]);
  if (!mkdtemp(work)) fail("mkdtemp");
  int s = route_socket();
  make_bridge(s);
  struct timespec begin_time, end_time;
  clock_gettime(CLOCK_MONOTONIC, &begin_time);
  int workers[64], bad = 0;
  for (int i = 0; i < worker_count; i++) {
    workers[i] = fork();
    if (workers[i] == 0) {
      worker(work, arguments[1], count * i / worker_count, count * (i + 1) / worker_count);
      _exit(0);
    }
  }
  for (int i = 0; i < worker_count; i++) {
    int status;
    waitpid(workers[i], &status, 0);
    bad |= status;
  }
  clock_gettime(CLOCK_MONOTONIC, &end_time);
  for (int number = 0; number < count; number++) {
    const char *parts[] = {"/m", "/w/work", "/w", "/u/proc", "/u/sys", "/u/dev", "/u", ""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
      snprintf(path, sizeof path, "%s/%d%s", work, number, parts[i]);
      rmdir(path);
    }
    cgroups(number, 0, 0);
  }
  rmdir(work);
  struct message m = begin(RTM_DELLINK, 0);
  struct ifinfomsg link = {.ifi_index = if_nametoindex("flo0")};
  append(&m, &link, sizeof link);
  talk(s, &m, "bridge removal");
  if (bad) return 1;
  printf("%.6f\n", (end_time.tv_sec - begin_time.tv_sec) + (end_time.tv_nsec - begin_time.tv_nsec) / 1e9);
  return 0;
}

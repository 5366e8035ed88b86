#include "include/clinux.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tty.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { most_fds = 253 };  // SCM_MAX_FD

ssize_t clinux_send(int socket, const void *bytes, size_t length, const int *fds, size_t fd_count) {
  struct iovec part = {(void *)bytes, length};
  union {
    char bytes[CMSG_SPACE(most_fds * sizeof(int))];
    struct cmsghdr align;
  } control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd_count > most_fds) {
    errno = E2BIG;
    return -1;
  }
  if (fd_count > 0) {
    memset(&control, 0, CMSG_SPACE(fd_count * sizeof(int)));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t clinux_receive(int socket, void *bytes, size_t length, int *fds, size_t *fd_count) {
  struct iovec part = {bytes, length};
  union {
    char bytes[CMSG_SPACE(most_fds * sizeof(int))];
    struct cmsghdr align;
  } control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  size_t room = *fd_count, count = 0;
  int lost = 0;
  *fd_count = 0;
  ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (received < 0) return -1;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < here; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      if (count < room) {
        fds[count++] = fd;
      } else {
        close(fd);
        lost = 1;
      }
    }
  }
  *fd_count = count;
  if (lost || message.msg_flags & MSG_CTRUNC) {
    for (size_t i = 0; i < count; i++) close(fds[i]);
    *fd_count = 0;
    errno = EMSGSIZE;
    return -1;
  }
  return received;
}

int clinux_unix_socket(int type) { return socket(AF_UNIX, type | SOCK_CLOEXEC, 0); }

static int address(struct sockaddr_un *name, const char *path) {
  memset(name, 0, sizeof *name);
  name->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof name->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(name->sun_path, path);
  return 0;
}

int clinux_unix_bind(int socket, const char *path) {
  struct sockaddr_un name;
  return address(&name, path) < 0 ? -1 : bind(socket, (struct sockaddr *)&name, sizeof name);
}
int clinux_unix_connect(int socket, const char *path) {
  struct sockaddr_un name;
  return address(&name, path) < 0 ? -1 : connect(socket, (struct sockaddr *)&name, sizeof name);
}
int clinux_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }
int clinux_peer_uid(int socket, uint32_t *uid, int32_t *pid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
  *uid = peer.uid;
  *pid = peer.pid;
  return 0;
}
int clinux_socketpair(int type, int fds[2]) { return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds); }

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
int clinux_epoll_set(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  return epoll_ctl(epoll, operation, fd, &event);
}
int clinux_epoll_wait(int epoll, struct clinux_event *events, int count, int timeout_ms) {
  struct epoll_event found[64];
  int most = count < 64 ? count : 64;
  int number = epoll_wait(epoll, found, most, timeout_ms);
  for (int i = 0; i < number; i++) {
    events[i].events = found[i].events;
    events[i].token = found[i].data.u64;
  }
  return number;
}
int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_signalfd(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
  if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}
int clinux_signalfd_next(int fd) {
  struct signalfd_siginfo info;
  return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}
int clinux_pipe(int fds[2], int flags) { return pipe2(fds, flags | O_CLOEXEC); }

int clinux_tty_unlock(int master) {
  int locked = 0;
  return ioctl(master, TIOCSPTLCK, &locked);
}
int clinux_tty_peer(int master) { return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC); }
int clinux_tty_control(int slave) { return ioctl(slave, TIOCSCTTY, 0); }
int clinux_tty_set_size(int fd, uint16_t rows, uint16_t columns) {
  struct winsize size = {rows, columns, 0, 0};
  return ioctl(fd, TIOCSWINSZ, &size);
}
int clinux_tty_get_size(int fd, uint16_t *rows, uint16_t *columns) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -1;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}

int clinux_bind_inet(int socket, uint32_t address, uint16_t *port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(*port), .sin_addr = {.s_addr = htonl(address)}};
  socklen_t length = sizeof name;
  if (bind(socket, (struct sockaddr *)&name, length) < 0) return -1;
  if (getsockname(socket, (struct sockaddr *)&name, &length) < 0) return -1;
  *port = ntohs(name.sin_port);
  return 0;
}

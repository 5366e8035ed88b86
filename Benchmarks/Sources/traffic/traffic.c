// traffic serve PORT                               answers GET / with "ok", GET /stream with bytes without end
// traffic requests ADDRESS PORT CONNECTIONS SECONDS [new]   requests answered in a second; new: a connection for each
// traffic stream ADDRESS PORT SECONDS              bytes a second of one connection
// traffic names NAME SECONDS WINDOW                "answered lost seconds" of queries to the first name server of /etc/resolv.conf,
//                                                  WINDOW of them in flight
//
// One thread, static: it runs in containers of an empty image, and beside them. Anything unexpected ends it with status 1.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096

static void fail(const char *what) {
  fprintf(stderr, "traffic: %s: %s\n", what, errno ? strerror(errno) : "not as expected");
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int stream_socket(void) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
  if (s < 0) fail("socket");
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return s;
}

static struct sockaddr_in address_of(const char *host, const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail(host);
  return address;
}

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nok\n";
static const char endless[] = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n";
static char zeros[1 << 18];

// A connection of the server: the request as far as it has come, and whether bytes go out without end.
struct peer {
  int socket, length, streams;
  char request[2048];
};

// False: the connection is over.
static int pump(struct peer *peer) {
  while (peer->streams)
    if (send(peer->socket, zeros, sizeof zeros, MSG_NOSIGNAL) < 0) return errno == EAGAIN;
  return 1;
}

static int heard(struct peer *peer) {
  for (;;) {
    ssize_t got = recv(peer->socket, peer->request + peer->length, sizeof peer->request - 1 - peer->length, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return 0;
    peer->length += got;
    peer->request[peer->length] = 0;
    char *end;
    while ((end = strstr(peer->request, "\r\n\r\n"))) {
      peer->streams = !strncmp(peer->request, "GET /stream ", 12);
      const char *head = peer->streams ? endless : answer;
      if (send(peer->socket, head, strlen(head), MSG_NOSIGNAL) < 0) return 0;
      peer->length -= end + 4 - peer->request;
      memmove(peer->request, end + 4, peer->length + 1);
      if (peer->streams) return pump(peer);
    }
    if (peer->length == sizeof peer->request - 1) return 0;
  }
}

static void serve(const char *port) {
  int listener = stream_socket(), yes = 1, poller = epoll_create1(EPOLL_CLOEXEC);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) fail("listen");
  struct epoll_event event = {.events = EPOLLIN}, events[256];
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int count = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (!peer) {
        int s;
        while ((s = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
          setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
          peer = calloc(1, sizeof *peer);
          peer->socket = s;
          struct epoll_event one = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = peer};
          epoll_ctl(poller, EPOLL_CTL_ADD, s, &one);
        }
        continue;
      }
      if (!(peer->streams ? pump(peer) : heard(peer))) {
        close(peer->socket);
        free(peer);
      }
    }
  }
}

// Connects without waiting; the first request goes out when the socket can be written to.
static int dial(int poller, int index, const struct sockaddr_in *address) {
  int s = stream_socket();
  struct linger none = {.l_onoff = 1};
  // Ended by a reset: no port is kept waiting.
  setsockopt(s, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  if (connect(s, (const struct sockaddr *)address, sizeof *address) < 0 && errno != EINPROGRESS) fail("connect");
  struct epoll_event event = {.events = EPOLLOUT, .data.u32 = index};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, s, &event) < 0) fail("epoll");
  return s;
}

static void requests(struct sockaddr_in address, int connections, double seconds, int anew) {
  static const char request[] = "GET / HTTP/1.1\r\nHost: traffic\r\n\r\n";
  static int sockets[MOST], got[MOST], asked[MOST];
  struct epoll_event events[256];
  if (connections < 1 || connections > MOST) fail("connections");
  int poller = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < connections; i++) sockets[i] = dial(poller, i, &address);
  long answered = 0;
  double begin = now(), end = begin + seconds;
  while (now() < end) {
    int count = epoll_wait(poller, events, 256, 100);
    for (int k = 0; k < count; k++) {
      int i = events[k].data.u32;
      if (!asked[i]) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(sockets[i], SOL_SOCKET, SO_ERROR, &error, &size);
        if ((errno = error)) fail("connect");
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(poller, EPOLL_CTL_MOD, sockets[i], &event);
        if (send(sockets[i], request, strlen(request), MSG_NOSIGNAL) < 0) fail("send");
        asked[i] = 1;
        continue;
      }
      char bytes[1024];
      ssize_t length = recv(sockets[i], bytes, sizeof bytes, 0);
      if (length <= 0) fail("receive");
      errno = 0;
      if (got[i] + length > (ssize_t)strlen(answer) || memcmp(bytes, answer + got[i], length)) fail("answer");
      got[i] += length;
      if (got[i] < (ssize_t)strlen(answer)) continue;
      got[i] = 0;
      answered++;
      if (anew) {
        close(sockets[i]);
        asked[i] = 0;
        sockets[i] = dial(poller, i, &address);
      } else if (send(sockets[i], request, strlen(request), MSG_NOSIGNAL) < 0) {
        fail("send");
      }
    }
  }
  printf("%.1f\n", answered / (now() - begin));
}

static void stream(struct sockaddr_in address, double seconds) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  static const char request[] = "GET /stream HTTP/1.1\r\nHost: traffic\r\n\r\n";
  if (connect(s, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  if (send(s, request, strlen(request), MSG_NOSIGNAL) < 0) fail("send");
  double begin = now(), end = begin + seconds, bytes = 0;
  while (now() < end) {
    // Counted and thrown away without a copy (tcp(7), MSG_TRUNC).
    ssize_t got = recv(s, NULL, 1 << 20, MSG_TRUNC);
    if (got <= 0) fail("receive");
    bytes += got;
  }
  printf("%.1f\n", bytes / (now() - begin));
}

static struct sockaddr_in name_server(void) {
  char line[512], host[64];
  FILE *file = fopen("/etc/resolv.conf", "r");
  if (!file) fail("/etc/resolv.conf");
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "nameserver %63s", host) == 1 && !strchr(host, ':')) return address_of(host, "53");
  errno = 0;
  fail("/etc/resolv.conf: no name server");
  return (struct sockaddr_in){0};
}

#define BATCH 64

static void names(const char *name, double seconds, int window) {
  struct sockaddr_in server = name_server();
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = 4 << 20;
  setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (connect(s, (struct sockaddr *)&server, sizeof server) < 0) fail("connect");
  if (window < 1 || window > MOST) fail("window");
  // A question of type A, class IN (RFC 1035, 4.1).
  uint8_t question[512] = {0, 0, 1, 0, 0, 1}, *at = question + 12;
  for (const char *label = name; *label;) {
    size_t length = strcspn(label, ".");
    *at++ = length;
    memcpy(at, label, length);
    at += length;
    label += length + (label[length] == '.');
  }
  *at++ = 0, *at++ = 0, *at++ = 1, *at++ = 0, *at++ = 1;
  size_t size = at - question;
  static uint8_t out[BATCH][512], in[BATCH][1500];
  static uint8_t waits[65536];
  struct mmsghdr sending[BATCH] = {0}, receiving[BATCH] = {0};
  struct iovec parts[BATCH], places[BATCH];
  for (int i = 0; i < BATCH; i++) {
    memcpy(out[i], question, size);
    parts[i] = (struct iovec){out[i], size};
    places[i] = (struct iovec){in[i], sizeof in[i]};
    sending[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    receiving[i].msg_hdr = (struct msghdr){.msg_iov = &places[i], .msg_iovlen = 1};
  }
  long answered = 0, lost = 0;
  int flying = 0;
  uint16_t next = 0;
  double begin = now(), end = begin + seconds, last = 0;
  for (;;) {
    int isOver = now() >= end;
    while (!isOver && flying < window) {
      int count = window - flying < BATCH ? window - flying : BATCH;
      for (int i = 0; i < count; i++) {
        while (waits[next]) next++;
        waits[next] = 1;
        out[i][0] = next >> 8, out[i][1] = next & 255;
        next++;
      }
      int sent = sendmmsg(s, sending, count, 0);
      if (sent < count) fail("send");
      flying += count;
    }
    if (!flying) break;
    struct pollfd ready = {s, POLLIN, 0};
    if (poll(&ready, 1, 2000) == 0) {
      // None of them in two seconds: they will not come.
      lost += flying;
      flying = 0;
      memset(waits, 0, sizeof waits);
      continue;
    }
    int got = recvmmsg(s, receiving, BATCH, MSG_DONTWAIT, NULL);
    if (got < 0 && errno != EAGAIN) fail("receive");
    for (int i = 0; i < got; i++) {
      uint16_t id = in[i][0] << 8 | in[i][1];
      errno = 0;
      // An answer, without error, with a record.
      if (receiving[i].msg_len < size || !(in[i][2] & 0x80) || (in[i][3] & 15) || !(in[i][6] | in[i][7])) fail("answer");
      if (!waits[id]) continue;
      waits[id] = 0;
      flying--;
      answered++;
      last = now();
    }
  }
  printf("%ld %ld %.6f\n", answered, lost, (last > begin ? last : now()) - begin);
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  const char *verb = count > 1 ? words[1] : "";
  if (count == 3 && !strcmp(verb, "serve")) {
    serve(words[2]);
  } else if ((count == 6 || (count == 7 && !strcmp(words[6], "new"))) && !strcmp(verb, "requests")) {
    requests(address_of(words[2], words[3]), atoi(words[4]), atof(words[5]), count == 7);
  } else if (count == 5 && !strcmp(verb, "stream")) {
    stream(address_of(words[2], words[3]), atof(words[4]));
  } else if (count == 5 && !strcmp(verb, "names")) {
    names(words[2], atof(words[3]), atoi(words[4]));
  } else {
    fputs("usage: traffic serve PORT | requests ADDRESS PORT CONNECTIONS SECONDS [new] | stream ADDRESS PORT SECONDS | names NAME SECONDS WINDOW\n",
          stderr);
    return 64;
  }
  return 0;
}

#include "cprobe.h"
#include <errno.h>
#include <unistd.h>

long cprobe_native(unsigned number) {
  long result = syscall((long)number, -1L, -1L, -1L, -1L, -1L, -1L);
  return result == -1 ? -errno : result;
}

long cprobe_i386(unsigned number) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(-1), "c"(-1), "d"(-1), "S"(-1), "D"(-1)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
#else
  return -ENOSYS;
#endif
}

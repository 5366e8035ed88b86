#include "include/clinux.h"
#include <linux/fs.h>
#include <linux/quota.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif
#ifndef PRJQUOTA
#define PRJQUOTA 2
#endif

static long quota(int fd, int command, uint32_t project, struct if_dqblk *block) {
  return syscall(SYS_quotactl_fd, fd, QCMD(command, PRJQUOTA), project, block);
}

int clinux_set_project(int directory, uint32_t project) {
  struct fsxattr attributes;
  if (ioctl(directory, FS_IOC_FSGETXATTR, &attributes) < 0) return -1;
  attributes.fsx_projid = project;
  attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
  return ioctl(directory, FS_IOC_FSSETXATTR, &attributes);
}

int clinux_get_project(int fd, uint32_t *project) {
  struct fsxattr attributes;
  if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes) < 0) return -1;
  *project = attributes.fsx_projid;
  return 0;
}

int clinux_set_project_limit(int fd, uint32_t project, uint64_t bytes) {
  struct if_dqblk block;
  memset(&block, 0, sizeof block);
  block.dqb_bhardlimit = bytes / QIF_DQBLKSIZE;
  block.dqb_valid = QIF_BLIMITS;
  return (int)quota(fd, Q_SETQUOTA, project, &block);
}

int clinux_get_project_limit(int fd, uint32_t project, uint64_t *limit, uint64_t *used) {
  struct if_dqblk block;
  memset(&block, 0, sizeof block);
  if (quota(fd, Q_GETQUOTA, project, &block) < 0) return -1;
  *limit = block.dqb_bhardlimit * QIF_DQBLKSIZE;
  *used = block.dqb_curspace;
  return 0;
}

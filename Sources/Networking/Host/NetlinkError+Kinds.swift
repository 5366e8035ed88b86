import Glibc
import Netlink

extension NetlinkError {
  var isNoSuchDevice: Bool { errno == ENODEV }
  var isExisting: Bool { errno == EEXIST }
  var isNotSupported: Bool { errno == EOPNOTSUPP }
  var isBusy: Bool { errno == EBUSY }

  static var noSuchDevice: Int32 { ENODEV }
}

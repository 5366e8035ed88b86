import Glibc

/// What kinds of interfaces this machine's kernel makes.
public enum KernelLinks {
  /// Whether it knows a kind, `ipvlan`, with its module where it is one: asks for one with a hardware address that none can have. Nothing is made.
  public static func know(_ kind: String) -> Bool {
    let command = "LC_ALL=C ip link add address 00:00:00:00:00:00 type \(kind) 2>&1 | grep -qE 'Unknown device type|not supported'"
    return system(command) != 0
  }

  public static let haveIpvlan = know("ipvlan")
  public static let haveMacvlan = know("macvlan")
  public static let haveVLAN = know("vlan")
  public static let haveDummy = know("dummy")
}

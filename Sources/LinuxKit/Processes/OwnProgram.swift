import Glibc

/// This process's program file (`/proc/self/exe`, proc(5)); empty without a /proc.
public func ownProgram() -> String {
  let bytes = [CChar](unsafeUninitializedCapacity: 4096) { buffer, count in
    count = buffer.baseAddress.map { max(0, readlink("/proc/self/exe", $0, 4096)) } ?? 0
  }
  return String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Where a program of the same installation may be: beside this one, in `../libexec`, in `../libexec/muster`.
public func siblingPrograms(_ name: String) -> [String] {
  let own = ownProgram()
  guard let slash = own.lastIndex(of: "/") else { return [] }
  return ["/", "/../libexec/", "/../libexec/muster/"].map { own[..<slash] + $0 + name }
}

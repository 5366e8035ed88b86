import Glibc

/// Whether the kernel would load a module, `macvlan`, when it is asked for what is in it: there is one for it, and it has not been loaded.
///
/// - Parameters:
///   - directory: The modules of the kernel that runs; where there are none, nothing is loaded.
///   - loaded: What the kernel has, a directory for each.
func canBeLoaded(_ module: String, from directory: String = kernelModules, loaded: String = "/sys/module") -> Bool {
  guard access(loaded + "/" + module, F_OK) != 0 else { return false }
  // `kernel/drivers/net/macvlan.ko.xz: kernel/…`, as depmod(8) has it; what is built in is in another file.
  return readText(directory + "/modules.dep").split(separator: "\n").contains { $0.prefix { $0 != ":" }.contains("/\(module).ko") }
}

private let kernelModules: String = {
  var name = utsname()
  guard uname(&name) == 0 else { return "" }
  let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  return "/lib/modules/" + release
}()

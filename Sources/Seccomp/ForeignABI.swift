/// An ABI of system calls beside the machine's own, which the kernel has for programs of another architecture: i386 and x32 on x86-64, arm on arm64.
///
/// It is a second door to the kernel with numbers and entries of its own: `socketcall` of i386 takes its arguments from memory, where no filter sees them,
/// and so goes round every rule for `socket`. Only images made for such programs need it.
public struct ForeignABI: Hashable, Sendable {
  let architecture: Architecture

  /// The one that an image for this architecture (Go's name: `386`) needs on this machine; nil when the machine's own will do or there is no other.
  public init?(imageArchitecture name: String) {
    guard let found = Architecture.allCases.first(where: { $0 != .native && $0.imageName == name }) else { return nil }
    architecture = found
  }
}

import StackModel

/// The names of this engine's kernel objects. At most 15 characters (`IFNAMSIZ`).
package struct KernelNames: Sendable {
  let suffix: String

  package init(suffix: String) { self.suffix = suffix }

  /// nftables: `muster` or `muster_SUFFIX`.
  package var table: String { suffix.isEmpty ? "muster" : "muster_" + suffix }

  /// Bridges of this engine, and of no other, begin so.
  package var bridgePrefix: String { "mu-" + hash(suffix, digits: 4) }

  /// The host's ends of veth pairs begin so.
  package var vethPrefix: String { "mv-" + hash(suffix, digits: 4) }

  /// Interfaces that lead nowhere, the parents of networks without one, begin so.
  package var parentPrefix: String { "mp-" + hash(suffix, digits: 4) }

  /// Both ends of the way by which packets come again that the host's own rules have let in.
  var loop: (near: String, far: String) { ("mg-" + hash(suffix, digits: 4) + "-a", "mg-" + hash(suffix, digits: 4) + "-b") }

  func bridge(_ network: String) -> String { bridgePrefix + hash(network, digits: 8) }

  func parent(_ network: String) -> String { parentPrefix + hash(network, digits: 8) }

  /// An address is one container's at a time, and so is the name.
  func veth(_ endpoint: Endpoint) -> String { vethPrefix + hash(endpoint.network.rawValue + "/" + endpoint.anyAddress, digits: 8) }

  private func hash(_ text: String, digits: Int) -> String { hexDigits(text, digits) }
}

/// The last hexadecimal digits of a text's fingerprint.
func hexDigits(_ text: String, _ count: Int) -> String {
  let hex = String(fingerprint(text), radix: 16)
  return String((String(repeating: "0", count: 16) + hex).suffix(count))
}

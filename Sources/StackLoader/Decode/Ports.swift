import Glibc
import StackModel

/// `ports`, short (`127.0.0.1:8080-8081:80-81/udp`) and long.
struct PortReader {
  struct Failure: Error {
    var message: String
    var hint: String?
  }

  /// What one entry stands for.
  struct Entry {
    var mappings: [PortMapping] = []
    /// What is said beyond the mappings; nil: nothing.
    var request: PortRequest?
    /// Why the port cannot be published, though the entry is right.
    var problem: Failure?
  }

  /// The mappings that one entry stands for; the entry's problem is an error too.
  static func read(_ node: Node) throws(Failure) -> [PortMapping] {
    let entry = try entry(node)
    if let problem = entry.problem { throw problem }
    return entry.mappings
  }

  static func entry(_ node: Node) throws(Failure) -> Entry {
    guard node.mapping != nil else {
      guard let text = node.text else { throw Failure(message: "must be a string or a mapping, not \(node.kind)") }
      return try short(text)
    }
    guard let target = node["target"]?.text else { throw Failure(message: "has no target", hint: "target is the container's port") }
    guard UInt16(target) != nil else {
      throw Failure(message: "has the target \"\(target)\"", hint: "target is one port; write ranges in the short form")
    }
    var text = node["published"]?.text ?? ""
    if let address = node["host_ip"]?.text, !address.isEmpty { text = (address.contains(":") ? "[\(address)]:" : "\(address):") + text }
    let mode = node["mode"]?.text
    if let mode, PortRequest.Mode(rawValue: mode) == nil {
      throw Failure(message: "has the mode \"\(mode)\", which is neither ingress nor host")
    }
    let transport = node["protocol"]?.text.map { "/" + $0 } ?? ""
    var entry = try short(text.isEmpty ? target + transport : "\(text):\(target)\(transport)")
    let name = node["name"]?.text, appProtocol = node["app_protocol"]?.text
    guard name != nil || appProtocol != nil || mode != nil || entry.request != nil else { return entry }
    var request = entry.request ?? entry.mappings.first.map(PortRequest.init)
    request?.name = name
    request?.appProtocol = appProtocol
    request?.mode = mode.flatMap { PortRequest.Mode(rawValue: $0) }
    entry.request = request
    return entry
  }

  /// `[[ADDRESS:][HOST[-HOST]]:]CONTAINER[-CONTAINER][/tcp|udp]`
  static func short(_ text: String) throws(Failure) -> Entry {
    var rest = Substring(text)
    var transport = "tcp"
    if let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) {
      transport = rest[rest.index(after: slash)...].lowercased()
      guard ["tcp", "udp", "sctp"].contains(transport) else {
        throw Failure(message: "\"\(text)\" has the protocol \"\(transport)\"", hint: "tcp and udp can be published")
      }
      rest = rest[..<slash]
    }
    var parts: [Substring] = []
    while parts.count < 2, let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")), !rest[colon...].utf8.contains(UInt8(ascii: "]")) {
      parts.insert(rest[rest.index(after: colon)...], at: 0)
      rest = rest[..<colon]
    }
    parts.insert(rest, at: 0)
    let target = try range(parts[parts.count - 1], text)
    guard let target else { throw Failure(message: "\"\(text)\" has no container port") }
    var published: ClosedRange<UInt16>?
    var address: String?
    if parts.count > 1 { published = try range(parts[parts.count - 2], text, mayBeZero: true) }
    if parts.count > 2 { address = try self.address(parts[0], text) }
    if let published, published.count != target.count, target.count > 1 {
      throw Failure(
        message: "\"\(text)\" maps \(published.count) host ports to \(target.count) container ports", hint: "make both ranges equally long")
    }
    guard let known = PortMapping.Transport(rawValue: transport) else {
      var request = PortRequest(target: target.lowerBound, transport: transport)
      request.hostAddress = address
      request.published = published
      return Entry(
        request: request,
        problem: Failure(message: "\"\(text)\" has the protocol \"\(transport)\"", hint: "tcp and udp can be published"))
    }
    if let published, published.count > 1, target.count == 1 {
      guard published.lowerBound > 0 else {
        throw Failure(message: "\"\(text)\" has a range that begins with 0", hint: "ports are numbers from 1 to 65535")
      }
      var mapping = PortMapping(hostAddress: address, published: nil, target: target.lowerBound, transport: known)
      mapping.choices = published
      return Entry(mappings: [mapping])
    }
    return Entry(
      mappings: target.enumerated().map { offset, port in
        let host = published.map { $0.lowerBound + UInt16(offset) }
        return PortMapping(hostAddress: address, published: host == 0 ? nil : host, target: port, transport: known)
      })
  }

  private static func range(_ text: Substring, _ whole: String, mayBeZero: Bool = false) throws(Failure) -> ClosedRange<UInt16>? {
    guard !text.isEmpty else { return nil }
    // Nearly all are one number.
    if let port = UInt16(text), port > 0, text.utf8.first != UInt8(ascii: "+") { return port...port }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
      end.allSatisfy { $0.isASCII && $0.isNumber } ? UInt16(end) : nil
    }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first > 0 || mayBeZero && ends.count == 1 else {
      throw Failure(message: "\"\(whole)\" has \"\(text)\" where a port is expected", hint: "ports are numbers from 1 to 65535")
    }
    guard first <= last else { throw Failure(message: "\"\(whole)\" has a range that ends before it starts") }
    return first...last
  }

  private static func address(_ text: Substring, _ whole: String) throws(Failure) -> String? {
    var text = text
    if text.hasPrefix("["), text.hasSuffix("]") {
      text = text.dropFirst().dropLast()
    } else if text.contains(":"), isIPv6(String(text)) {
      throw Failure(message: "\"\(whole)\" has an IPv6 address without brackets", hint: "write it as [\(text)]")
    }
    guard !text.isEmpty else { return nil }
    guard isAddress(String(text)) else {
      throw Failure(message: "\"\(whole)\" has \"\(text)\" where an IP address is expected")
    }
    return String(text)
  }
}

/// Whether the text is an IPv4 or IPv6 address.
func isAddress(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

func isIPv4(_ text: String) -> Bool {
  var address = in_addr()
  return inet_pton(AF_INET, text, &address) == 1
}

func isIPv6(_ text: String) -> Bool {
  var address = in6_addr()
  return inet_pton(AF_INET6, text, &address) == 1
}

extension PortRequest {
  /// A request for no more than the mapping.
  fileprivate init(_ mapping: PortMapping) {
    self.init(target: mapping.target, transport: mapping.transport.rawValue)
    hostAddress = mapping.hostAddress
    published = mapping.published.map { $0...$0 }
  }
}

import Netlink

/// What to do with a packet that came to a resolver. Pure.
enum DNSDecision: Equatable, Sendable {
  case answer([UInt8])
  /// Ask these resolvers ([]: the host's).
  case forward(DNSQuestion, resolvers: [String])
  case ignore

  /// - Parameters:
  ///   - limit: the most bytes of an answer: 512 by UDP, 65535 by TCP.
  ///   - turn: how far the order of several addresses is rotated.
  init(packet: [UInt8], asker: NameTable.Asker, table: NameTable, limit: Int, turn: Int) {
    let question: DNSQuestion
    do { question = try DNSQuestion(packet) } catch {
      switch error {
      case .silence: self = .ignore
      case .code(let code, let id): self = .answer(DNSResponse.refusal(code, id: id))
      }
      return
    }
    if let addresses = table.addresses(of: question.name, for: asker) {
      // A known name has addresses and nothing else: no IPv6, no mail, no service records.
      guard question.kind == .address, !addresses.isEmpty else {
        self = .answer(DNSResponse.empty(question, .noError))
        return
      }
      let start = turn % addresses.count
      self = .answer(DNSResponse.addresses(question, Array(addresses[start...] + addresses[..<start]), limit: limit))
    } else if question.kind == .pointer, let address = reverseAddress(question.name), let name = table.name(at: address, for: asker) {
      self = .answer(DNSResponse.pointer(question, to: name))
    } else if let resolvers = table.resolvers(for: asker) {
      self = .forward(question, resolvers: resolvers)
    } else {
      self = .answer(DNSResponse.empty(question, .nameError))
    }
  }
}

/// `2.0.18.172.in-addr.arpa` is 172.18.0.2.
private func reverseAddress(_ name: String) -> IPv4Address? {
  guard name.hasSuffix(".in-addr.arpa") else { return nil }
  return IPv4Address(name.dropLast(".in-addr.arpa".count).split(separator: ".").reversed().joined(separator: "."))
}

import Netlink

/// What to do with a packet that came to a resolver. Pure.
enum DNSDecision: Equatable, Sendable {
  case answer([UInt8])
  /// Ask these resolvers ([]: the host's).
  case forward(DNSQuestion, resolvers: [String])
  case ignore

  /// - Parameters:
  ///   - limit: the most bytes of an answer: by UDP 512 unless the asker takes more, by TCP 65535.
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
    if let known = table.addresses(of: question.name, for: asker) {
      // A known name has addresses and nothing else: no mail, no service records.
      let addresses = known.filter { question.kind == ($0.isIPv6 ? .address6 : .address) }
      guard !addresses.isEmpty else {
        self = .answer(DNSResponse.empty(question, .noError))
        return
      }
      let start = turn % addresses.count
      let room = limit > 512 ? limit : min(question.room ?? limit, DNSResponse.datagramLimit)
      self = .answer(DNSResponse.addresses(question, Array(addresses[start...] + addresses[..<start]), limit: room))
    } else if question.kind == .pointer, let address = reverseAddress(question.name), let name = table.name(at: address, for: asker) {
      self = .answer(DNSResponse.pointer(question, to: name))
    } else if let resolvers = table.resolvers(for: asker) {
      self = .forward(question, resolvers: resolvers)
    } else {
      self = .answer(DNSResponse.empty(question, .nameError))
    }
  }
}

/// `2.0.18.172.in-addr.arpa` is 172.18.0.2; of IPv6, each of the 32 hexadecimal digits is a label of `ip6.arpa`.
private func reverseAddress(_ name: String) -> IPAddress? {
  if name.hasSuffix(".in-addr.arpa") {
    return IPv4Address(name.dropLast(".in-addr.arpa".count).split(separator: ".").reversed().joined(separator: ".")).map { .v4($0) }
  }
  guard name.hasSuffix(".ip6.arpa") else { return nil }
  let labels = name.dropLast(".ip6.arpa".count).split(separator: ".", omittingEmptySubsequences: false)
  guard labels.count == 32, labels.allSatisfy({ $0.utf8.count == 1 }) else { return nil }
  return UInt128(labels.reversed().joined(), radix: 16).map { .v6(IPv6Address($0)) }
}

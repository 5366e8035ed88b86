/// A chain in a table of somebody else's, as `ip filter DOCKER-USER`.
public struct ForeignChain: Hashable, Sendable {
  public var family: Expression.Family
  public var table: String
  public var name: String
  public init(_ family: Expression.Family, _ table: String, _ name: String) {
    self.family = family
    self.table = table
    self.name = name
  }
}

/// A rule of a chain, as far as it is looked at.
public struct FoundRule: Equatable, Sendable {
  /// By which it is deleted.
  public var handle: UInt64
  public var comment: String?
}

extension NftablesSocket {
  /// The chains of the families `ip` and `ip6`.
  public mutating func foreignChains() throws(NetlinkError) -> Set<ForeignChain> {
    var found: Set<ForeignChain> = []
    for family in [Expression.Family.ipv4, .ipv6] {
      try list(type: 4, family, "chains") { message in
        var chain = ForeignChain(family, "", "")
        for (type, value) in AttributeReader(message.payload.dropFirst(4)) {
          if type == 1 { chain.table = value.text }
          if type == 3 { chain.name = value.text }
        }
        found.insert(chain)
      }
    }
    return found
  }

  /// The rules of a chain.
  public mutating func rules(of chain: ForeignChain) throws(NetlinkError) -> [FoundRule] {
    var rules: [FoundRule] = []
    try list(type: 7, chain.family, "rules") { message in
      var rule = FoundRule(handle: 0)
      var place = ForeignChain(chain.family, "", "")
      for (type, value) in AttributeReader(message.payload.dropFirst(4)) {
        switch type {
        case 1: place.table = value.text
        case 2: place.name = value.text
        case 3: rule.handle = value.integer(at: 0, as: UInt64.self).map { UInt64(bigEndian: $0) } ?? 0
        case 7: rule.comment = comment(in: value)
        default: break
        }
      }
      if place == chain { rules.append(rule) }
    } asking: {
      $0.attribute(1, chain.table)
      $0.attribute(2, chain.name)
    }
    return rules
  }
}

/// nft's own note in a rule's user data: a type (0 is a comment), a length, and a text with its final zero.
private func comment(in data: ArraySlice<UInt8>) -> String? {
  guard data.count > 2, data.first == 0 else { return nil }
  return data.dropFirst(2).prefix(Int(data[data.startIndex + 1])).text
}

extension NftablesBatch {
  /// Puts a rule before all others of the chain.
  public mutating func insert(_ rule: Rule, comment: String, into chain: ForeignChain) {
    message("insert a rule into " + chain.name, type: 6, flags: HeaderFlags.create, family: chain.family) { writer in
      writer.attribute(1, chain.table)
      writer.attribute(2, chain.name)
      writer.nested(4) { list in
        for expression in rule.expressions { expression.write(to: &list) }
      }
      let text = Array(comment.utf8.prefix(127)) + [0]
      writer.attribute(7, bytes: [0, UInt8(text.count)] + text)
    }
  }

  public mutating func delete(_ rule: FoundRule, from chain: ForeignChain) {
    message("delete a rule of " + chain.name, type: 8, family: chain.family) { writer in
      writer.attribute(1, chain.table)
      writer.attribute(2, chain.name)
      writer.attribute(3, bigEndian: rule.handle)
    }
  }
}

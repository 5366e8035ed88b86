/// Changes to nftables that are carried out all together or not at all (`NFNL_MSG_BATCH_BEGIN` … `END`).
public struct NftablesBatch: Sendable {
  var writer: MessageWriter
  private(set) var operations: [String] = []
  private var lastSetID: UInt32 = 0

  init(_ writer: MessageWriter) {
    self.writer = writer
    boundary(0x10)
  }

  mutating func end() { boundary(0x11) }

  /// The table as it stands in the value, whatever was in it before.
  public mutating func replace(_ table: Table) {
    // Adding first makes the deletion succeed when there was none.
    let place = Place(table: table.name, family: table.family)
    addTable(place)
    deleteTable(table.name, table.family)
    addTable(place)
    for set in table.sets { add(set, to: place) }
    for chain in table.chains { add(chain, to: place) }
    for chain in table.chains {
      for rule in chain.rules { add(rule, to: chain.name, of: place) }
    }
  }

  /// Adds elements; one with an equal key and other data is an error, an equal one is not.
  public mutating func add(_ elements: [Element], to set: String, of table: String, _ family: Expression.Family? = nil) {
    change(elements, of: set, Place(table: table, family: family), operation: "add elements to " + set, type: 12, flags: HeaderFlags.create)
  }

  /// Deletes elements by key; one that is not there is an error (`ENOENT`).
  public mutating func delete(_ elements: [Element], from set: String, of table: String, _ family: Expression.Family? = nil) {
    change(elements, of: set, Place(table: table, family: family), operation: "delete elements of " + set, type: 14, flags: 0)
  }

  /// Deletes the table with everything in it.
  public mutating func deleteTable(_ name: String, _ family: Expression.Family? = nil) {
    message("delete table " + name, type: 2, family: family) { $0.attribute(1, name) }
  }

  /// A table, which another of another family may have the name of.
  private struct Place {
    var table: String
    var family: Expression.Family?
  }

  private mutating func addTable(_ place: Place) {
    message("add table " + place.table, type: 0, flags: HeaderFlags.create, family: place.family) { $0.attribute(1, place.table) }
  }

  private mutating func add(_ set: ElementSet, to place: Place) {
    lastSetID += 1
    let number = lastSetID
    message("add set " + set.name, type: 9, flags: HeaderFlags.create, family: place.family) { writer in
      writer.attribute(1, place.table)
      writer.attribute(2, set.name)
      writer.attribute(3, bigEndian: UInt32(set.data.isEmpty ? 0 : 8))  // NFT_SET_MAP
      writer.attribute(4, bigEndian: typeNumber(set.key))
      writer.attribute(5, bigEndian: set.key.reduce(0) { $0 + $1.length })
      if !set.data.isEmpty {
        writer.attribute(6, bigEndian: typeNumber(set.data))
        writer.attribute(7, bigEndian: set.data.reduce(0) { $0 + $1.length })
      }
      writer.attribute(10, bigEndian: number)
      // nft's own note (NFTNL_UDATA_SET_KEYBYTEORDER): names are in host order, all else in network order.
      let order: UInt32 = set.key == [.interfaceName] || set.key == [.mark] ? 1 : 2
      writer.attribute(13, bytes: [0, 4] + withUnsafeBytes(of: order) { Array($0) })
    }
    if !set.elements.isEmpty { add(set.elements, to: set.name, of: place.table, place.family) }
  }

  private mutating func add(_ chain: Chain, to place: Place) {
    message("add chain " + chain.name, type: 3, flags: HeaderFlags.create, family: place.family) { writer in
      writer.attribute(1, place.table)
      writer.attribute(3, chain.name)
      guard let hook = chain.hook else { return }
      writer.nested(4) {
        $0.attribute(1, bigEndian: hook.place.rawValue)
        $0.attribute(2, bigEndian: hook.priority)
      }
      writer.attribute(5, bigEndian: UInt32(1))  // policy accept
      writer.attribute(7, hook.kind.rawValue)
    }
  }

  private mutating func add(_ rule: Rule, to chain: String, of place: Place) {
    message("add rule to " + chain, type: 6, flags: HeaderFlags.create | HeaderFlags.append, family: place.family) { writer in
      writer.attribute(1, place.table)
      writer.attribute(2, chain)
      writer.nested(4) { list in
        for expression in rule.expressions { expression.write(to: &list) }
      }
    }
  }

  private mutating func change(
    _ elements: [Element], of set: String, _ place: Place, operation: String, type: UInt16, flags: UInt16
  ) {
    // An attribute's length is 16 bits: a list of elements stays well below.
    for part in stride(from: 0, to: elements.count, by: 256) {
      message(operation, type: type, flags: flags, family: place.family) { writer in
        writer.attribute(1, place.table)
        writer.attribute(2, set)
        writer.nested(3) { list in
          for element in elements[part..<min(part + 256, elements.count)] {
            list.nested(1) { item in
              item.nested(1) { key in key.attribute(1, bytes: element.key.flatMap(\.bytes)) }
              if !element.data.isEmpty { item.nested(2) { data in data.attribute(1, bytes: element.data.flatMap(\.bytes)) } }
            }
          }
        }
      }
    }
  }

  mutating func message(
    _ operation: String, type: UInt16, flags: UInt16 = 0, family: Expression.Family? = nil, _ body: (inout MessageWriter) -> Void
  ) {
    operations.append(operation)
    writer.message(type: 10 << 8 | type, flags: HeaderFlags.request | HeaderFlags.ack | flags) { writer in
      writer.netfilterHeader(family: family.map { UInt8($0.rawValue) } ?? 1)  // NFPROTO_INET
      body(&writer)
    }
  }

  private mutating func boundary(_ type: UInt16) {
    operations.append("commit")
    writer.message(type: type, flags: HeaderFlags.request) { $0.netfilterHeader(family: 0, resource: 10) }
  }
}

extension MessageWriter {
  /// `struct nfgenmsg`.
  mutating func netfilterHeader(family: UInt8, version: UInt8 = 0, resource: UInt16 = 0) {
    integer(family)
    integer(version)
    integer(resource.bigEndian)
  }
}

/// nft packs the types of a concatenation in six bits each.
private func typeNumber(_ types: [FieldType]) -> UInt32 { types.reduce(0) { $0 << 6 | $1.rawValue } }

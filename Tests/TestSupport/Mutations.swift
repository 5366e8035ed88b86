/// Changes bytes as a fuzzer does; the same changes for the same seed.
public struct Mutations {
  public var random: SeededRandom
  /// Words that readers of the format look for.
  private let words: [[UInt8]]

  public init(seed: UInt64, words: [String] = []) {
    random = SeededRandom(seed: seed)
    self.words = words.map { Array($0.utf8) }
  }

  /// One of `seeds`, with one to eight changes: bits, bytes, pieces cut, repeated, put in from another seed, and words.
  public mutating func next(from seeds: [[UInt8]]) -> [UInt8] {
    var bytes = seeds.randomElement(using: &random) ?? []
    let other = seeds.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...8, using: &random) { change(&bytes, other) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let piece = self.piece(of: bytes)
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count: bytes[place] = [0, 0x0A, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(piece)
    case 3: bytes.insert(contentsOf: bytes[piece], at: place)
    case 4: bytes.insert(contentsOf: other[self.piece(of: other)], at: place)
    case 5: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
    case 6: bytes.removeSubrange(place...)
    default: bytes.insert(UInt8.random(in: 0 ... .max, using: &random), at: place)
    }
  }

  /// Short ones most of the time.
  private mutating func piece(of bytes: [UInt8]) -> Range<Int> {
    let start = Int.random(in: 0...bytes.count, using: &random)
    let most = random.chance(90) ? 64 : bytes.count
    return start..<min(bytes.count, start + Int.random(in: 0...max(1, most), using: &random))
  }
}

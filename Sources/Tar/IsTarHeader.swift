/// Whether an archive begins with this block: a header, or zeros where there is nothing in it.
package func isTarHeader(_ block: [UInt8]) -> Bool {
  block.count == 512 && (block.allSatisfy { $0 == 0 } || (try? TarBlock(block)) != nil)
}

import CLinux
import Glibc
import LinuxKit

/// Where the data of a file with holes is (lseek(2), SEEK_DATA).
struct SparseMap {
  struct Range: Equatable {
    var offset: Int64
    var length: Int64
    var end: Int64 { offset + length }
  }
  var ranges: [Range]
  var size: Int64

  /// nil: the file has no holes worth telling.
  init?(of file: borrowing Descriptor, _ status: FileStatus) throws(KernelError) {
    size = status.size
    ranges = []
    // A file of a program (fuse(4)) says any number, and where data begins and ends as it likes.
    guard status.blocks &* 512 < size else { return nil }
    let number = file.number
    var position: Int64 = 0
    while position < size {
      let start = lseek(number, off_t(position), Int32(CLINUX_SEEK_DATA))
      if start < 0 {
        if errno == ENXIO { break }
        // A file system that knows of no holes.
        return nil
      }
      let end = try kernel("lseek(2)") { lseek(number, start, Int32(CLINUX_SEEK_HOLE)) }
      // Also one that has grown meanwhile: then it is read as it was found, holes and all.
      guard start >= position, start < size, end > start else { return nil }
      ranges.append(Range(offset: Int64(start), length: min(Int64(end), size) - Int64(start)))
      position = Int64(end)
      guard ranges.count <= 10_000 else { return nil }
    }
    // The last range says where the file ends.
    if ranges.last?.end != size { ranges.append(Range(offset: size, length: 0)) }
    // Holes that are smaller than the map are not worth it.
    guard Int64(bytes.count) <= size - dataSize else { return nil }
  }

  /// As it stands before the data, in GNU tar's format 1.0.
  var bytes: [UInt8] {
    let numbers = [Int64(ranges.count)] + ranges.flatMap { [$0.offset, $0.length] }
    let text = Array(numbers.map { "\($0)\n" }.joined().utf8)
    return text + [UInt8](repeating: 0, count: (512 - text.count % 512) % 512)
  }

  var dataSize: Int64 { ranges.reduce(0) { $0 + $1.length } }
}

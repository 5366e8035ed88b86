import CYAML
import Diagnostics

/// The documents of one YAML file as trees, or nil when it cannot be read; what is wrong is in the report.
///
/// Bounded in depth and size, aliases counted as often as they are used, so that no file can make it run long.
func parseYAML(_ bytes: [UInt8], _ origin: Origin, _ report: Report) -> [Node]? {
  guard !bytes.isEmpty else { return [] }
  if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
    let start = SourceRange.Position(line: 1, column: 1)
    report.error(
      .syntax, Place(origin: origin, start: start, end: start), "the file is UTF-16 text", hint: "save it as UTF-8")
    return nil
  }
  // On the heap: libyaml keeps the parser's own address inside it.
  let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  defer { parser.deallocate() }
  guard yaml_parser_initialize(parser) == 1 else {
    report.error(.limit, nil, "\(origin.file): there is not enough memory to read it")
    return nil
  }
  defer { yaml_parser_delete(parser) }
  return bytes.withUnsafeBufferPointer { buffer in
    yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    var composer = Composer(parser: parser, origin: origin, report: report)
    do throws(Composer.Failed) { return try composer.documents() } catch { return nil }
  }
}

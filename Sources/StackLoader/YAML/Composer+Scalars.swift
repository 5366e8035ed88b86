import CYAML
import Diagnostics
import Glibc

/// Scalars, tags, and what libyaml could not read.
extension Composer {
  func scalar(_ event: yaml_event_t, _ here: Place) throws(Failed) -> Node {
    let scalar = event.data.scalar
    let text = string(scalar.value, scalar.length)
    let tag = scalar.tag.map { string($0) }
    if scalar.length > 0, memchr(scalar.value, 0, scalar.length) != nil {
      throw fail(.syntax, here, "the text holds a NUL character", hint: "no path, variable or argument can hold one")
    }
    var node = Node(.string(text), here)
    let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    switch tag {
    case nil where isPlain: (node.value, node.isLegacyOctal) = resolvedPlain(text)
    case nil, "!", "tag:yaml.org,2002:str": break
    case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float":
      (node.value, node.isLegacyOctal) = resolvedPlain(text)
    case "!reset", "!override":
      if isPlain { (node.value, node.isLegacyOctal) = resolvedPlain(text) }
      node.tag = tag == "!reset" ? .reset : .override
    case let tag?: throw unknownTag(tag, here)
    }
    return node
  }

  func mergeTag(_ tag: UnsafeMutablePointer<yaml_char_t>?, standard: String, _ here: Place) throws(Failed) -> Node.MergeTag {
    switch tag.map({ string($0) }) {
    case nil, "!", "tag:yaml.org,2002:\(standard)": .none
    case "!reset": .reset
    case "!override": .override
    case let tag?: throw unknownTag(tag, here)
    }
  }

  func unknownTag(_ tag: String, _ here: Place) -> Failed {
    fail(.tag, here, "the tag \(tag) is not known", hint: "stack files have the tags !reset and !override")
  }

  func string(_ text: UnsafeMutablePointer<yaml_char_t>?, _ length: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self)
  }

  func string(_ text: UnsafeMutablePointer<yaml_char_t>) -> String {
    var length = 0
    while text[length] != 0 { length += 1 }
    return string(text, length)
  }

  /// What libyaml could not read, in its words and with its place.
  func syntaxError() -> Failed {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "this cannot be read as YAML"
    if parser.pointee.error == YAML_READER_ERROR {
      let at = LineIndex(origin).position(ofByte: parser.pointee.problem_offset)
      report.error(
        .syntax, Place(origin: origin, start: at, end: at), "this byte cannot stand in a YAML file: \(problem)",
        hint: "stack files are UTF-8 text")
      return Failed()
    }
    let mark = parser.pointee.problem_mark
    let index = LineIndex(origin)
    let found = index.text(mark.line + 1)?.unicodeScalars.dropFirst(mark.column).first
    let context = parser.pointee.context.map { " (\(String(cString: $0)), line \(parser.pointee.context_mark.line + 1))" } ?? ""
    // libyaml starts a line of its own at the end of a file.
    let at = found == nil && mark.line + 1 > index.end.line ? Place(origin: origin, start: index.end, end: index.end) : place(mark, mark)
    return fail(
      .syntax, at, "not YAML: \(problem)\(context)",
      hint: found == "\t" ? "this is a tab; indent with spaces" : nil)
  }
}

public import Backend

/// A trace in the form that Perfetto and Chrome's `about:tracing` read: an array of complete events ("Trace Event Format"), times in microseconds,
/// with the names of processes and lanes as metadata.
public func traceJSON(_ record: TraceRecord) -> String {
  var lines: [String] = []
  for (process, name) in record.processes.sorted(by: { $0.key < $1.key }) {
    lines.append(metadata("process_name", process, process, name))
  }
  for lane in record.lanes { lines.append(metadata("thread_name", lane.process, lane.lane, lane.name)) }
  for span in record.spans.sorted(by: { ($0.begin, $1.end) < ($1.begin, $0.end) }) {
    lines.append(
      "{\"name\":\(quoted(span.name)),\"ph\":\"X\",\"ts\":\(microseconds(span.begin)),\"dur\":\(microseconds(max(0, span.end - span.begin))),"
        + "\"pid\":\(span.process),\"tid\":\(span.lane)}")
  }
  return "[\n" + lines.joined(separator: ",\n") + "\n]\n"
}

private func metadata(_ kind: String, _ process: Int32, _ lane: Int32, _ name: String) -> String {
  "{\"name\":\"\(kind)\",\"ph\":\"M\",\"pid\":\(process),\"tid\":\(lane),\"args\":{\"name\":\(quoted(name))}}"
}

/// With three decimals, so that nothing is lost.
private func microseconds(_ nanoseconds: Int64) -> String {
  let rest = String(nanoseconds % 1000)
  return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest)"
}

/// A JSON string (RFC 8259).
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

import Backend
import Diagnostics
import EngineClient
import Terminal

/// The value of `--format`.
func rowFormat(_ text: String) throws -> RowFormat {
  do { return try RowFormat(text) } catch { throw Exit(1, visible(error.description)) }
}

extension Context {
  /// Writes rows as `--format` says; `table` is what it says by itself.
  func write(_ rows: [some Encodable], as format: RowFormat, headings: [String: String] = [:], table: () -> Table) throws {
    do {
      let values = try rows.map { try TemplateValue(encoding: $0) }
      output.write(try format.render(values, headings: headings).map(printable) ?? table().render())
    } catch let error as GoTemplateError { throw Exit(1, visible(error.description)) }
  }

  /// Writes what was inspected: all of it as JSON, or a template for each.
  func write(inspected: [some Encodable], format: String?) throws {
    guard let format, format != "json" else {
      let value = try TemplateValue(encoding: inspected)
      return output.write((format == nil ? value.indentedJSON : value.json) + "\n")
    }
    do {
      let template = try GoTemplate(format)
      for value in inspected { output.write(printable(try template.render(try TemplateValue(encoding: value))) + "\n") }
    } catch let error as GoTemplateError { throw Exit(1, visible(error.description)) }
  }

  /// On a terminal, no control characters but tabs and ends of lines.
  func printable(_ text: String) -> String {
    guard output.isTerminal else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { visible(String($0)) }.joined(separator: "\t")
    }.joined(separator: "\n")
  }
}

/// Asks whoever calls whether to go on, as Docker's `prune` does; without a terminal, standard input is read all the same.
func agrees(_ warning: String, _ context: Context) -> Bool {
  context.output.notice(warning + "\nAre you sure you want to continue? [y/N] ")
  return readLine().map { ["y", "yes"].contains($0.lowercased()) } ?? false
}

/// `until=24h`, `label=team=shop`, `label!=keep`: the filters of `prune`.
func pruneRequest(_ filters: [String], all: Bool) throws -> PruneRequest {
  var request = PruneRequest(all: all)
  for filter in filters {
    let isNegated = filter.hasPrefix("label!=")
    let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[1].isEmpty else { throw Exit(1, "the filter \"\(visible(filter))\" has no value") }
    switch isNegated ? "label!" : parts[0] {
    case "label": request.labels.append(parts[1])
    case "label!": request.notLabels.append(parts[1])
    case "until":
      guard let time = pastTime(parts[1]) else {
        throw Exit(1, "until \(visible(parts[1])): write a time (2026-01-02T13:23:37Z) or an age (24h)")
      }
      request.until = time
    default: throw Exit(1, "\"\(visible(parts[0]))\" is not a filter of prune\n  hint: there are label, label! and until")
    }
  }
  return request
}

/// Nanoseconds since 1970 of a moment, of seconds since 1970, or of an age; nil: none of them.
func pastTime(_ text: String) -> Int64? {
  if let moment = moment(text) ?? moment(text + "Z") ?? moment(text + "T00:00:00Z") { return moment }
  if let seconds = Double(text), seconds >= 0, seconds < 9e9 { return Int64(seconds * 1e9) }
  return age(text).map { now() - $0 }
}

/// A path of the engine's, which does not know where this command stands.
func absolutePath(_ path: String) -> String { path.hasPrefix("/") ? path : currentDirectory() + "/" + path }

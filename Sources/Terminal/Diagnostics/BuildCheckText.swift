import Diagnostics
public import StackModel

extension BuildCheck {
  /// What `build --check` shows, as Docker does: each warning with its lines, and how many there are.
  ///
  /// `directory`: files below it are shown relative to it.
  public func text(in directory: String) -> String {
    var text = warnings.map { shown($0, directory) }.joined()
    if let problem { text += "ERROR: " + visible(shortened(problem, directory)) + "\n\n" }
    switch warnings.count {
    case 0 where problem != nil: return text
    case 0: return text + "Check complete, no warnings found.\n"
    case 1: return text + "Check complete, 1 warning has been found!\n"
    default: return text + "Check complete, \(warnings.count) warnings have been found!\n"
    }
  }

  private func shortened(_ text: String, _ directory: String) -> String {
    guard text.hasPrefix(directory + "/") else { return text }
    let rest = text.dropFirst(directory.count + 1)
    // Of a context that is written as ".".
    return String(rest.hasPrefix("./") ? rest.dropFirst(2) : rest)
  }

  private func shown(_ warning: Warning, _ directory: String) -> String {
    let (first, last) = (warning.range.start.line, max(warning.range.start.line, warning.range.end.line))
    var text = "WARNING: \(warning.rule) - \(warning.url)\n\(visible(warning.detail))\n"
    text += "\(visible(shortened(warning.range.file, directory))):\(first)\n"
    let rule = String(repeating: "-", count: 20) + "\n"
    text += rule
    let around = first == last ? 2 : 1
    for number in max(1, first - around)...max(1, min(lines.count, last + around)) where lines.indices.contains(number - 1) {
      let digits = String(number)
      text += " " + String(repeating: " ", count: max(0, 3 - digits.count)) + digits
      text += " | " + ((first...last).contains(number) ? ">>>" : "   ") + " " + visible(lines[number - 1]) + "\n"
    }
    return text + rule + "\n"
  }
}

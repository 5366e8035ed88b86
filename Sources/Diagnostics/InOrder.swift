/// The diagnostics as their places stand, file by file; those without a place first.
public func inOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
  func isBefore(_ first: (offset: Int, element: Diagnostic), _ second: (offset: Int, element: Diagnostic)) -> Bool {
    func key(_ diagnostic: Diagnostic) -> (String, Int, Int) {
      (diagnostic.range?.file ?? "", diagnostic.range?.start.line ?? 0, diagnostic.range?.start.column ?? 0)
    }
    let (one, other) = (key(first.element), key(second.element))
    return one == other ? first.offset < second.offset : one < other
  }
  return diagnostics.enumerated().sorted(by: isBefore).map(\.element)
}

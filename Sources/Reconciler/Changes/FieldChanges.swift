import StackModel

/// Gathers the fields in which two values differ.
struct FieldChanges {
  private(set) var list: [FieldChange] = []

  mutating func add(_ path: String, _ old: Shown?, _ new: Shown?) {
    list.append(FieldChange(path: path, old: old, new: new))
  }

  /// A value that is always there.
  mutating func compare<Value: Equatable>(_ path: String, _ old: Value, _ new: Value, _ text: (Value) -> String) {
    if old != new { add(path, .text(text(old)), .text(text(new))) }
  }

  /// A value that may be absent.
  mutating func compare<Value: Equatable>(_ path: String, _ old: Value?, _ new: Value?, _ text: (Value) -> String) {
    if old != new { add(path, old.map { .text(text($0)) }, new.map { .text(text($0)) }) }
  }

  /// A mapping: one change a key, `path.KEY`.
  mutating func compare<Value: Equatable>(
    _ path: String, _ old: [String: Value], _ new: [String: Value], isHidden: (String) -> Bool = { _ in false }, _ text: (Value) -> String
  ) {
    guard old != new else { return }
    for key in Set(old.keys).union(new.keys).sorted() where old[key] != new[key] {
      let hide = isHidden(key)
      func shown(_ value: Value?) -> Shown? { value.map { hide ? .hidden : .text(text($0)) } }
      add("\(path).\(key)", shown(old[key]), shown(new[key]))
    }
  }

  /// A list whose entries have a key of their own: one change a key. What the keys do not tell apart, or their order, is a change of the whole.
  mutating func compare<Value: Equatable>(_ path: String, _ old: [Value], _ new: [Value], key: (Value) -> String, _ text: (Value) -> String)
  {
    guard old != new else { return }
    let count = list.count
    func keyed(_ values: [Value]) -> [String: Value] { Dictionary(values.map { (key($0), $0) }, uniquingKeysWith: { _, last in last }) }
    compare(path, keyed(old), keyed(new), text)
    if list.count == count { add(path, .text(FieldText.of(old.map(text))), .text(FieldText.of(new.map(text)))) }
  }

  /// Secrets or configs: what they contain is only said to have changed.
  mutating func compare(_ path: String, _ old: [FileGrant], _ new: [FileGrant]) {
    guard old != new else { return }
    let count = list.count
    func keyed(_ values: [FileGrant]) -> [String: FileGrant] {
      Dictionary(values.map { ($0.source, $0) }, uniquingKeysWith: { _, last in last })
    }
    let before = keyed(old), after = keyed(new)
    for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
      if let old = before[name], let new = after[name], FieldText.of(old) != FieldText.of(new) {
        add("\(path).\(name)", .text(FieldText.of(old)), .text(FieldText.of(new)))
      }
      if before[name]?.fingerprint != after[name]?.fingerprint || before[name] == nil || after[name] == nil {
        add("\(path).\(name)", before[name].map { _ in .hidden }, after[name].map { _ in .hidden })
      }
    }
    if list.count == count { add(path, .text(FieldText.of(old.map(FieldText.of))), .text(FieldText.of(new.map(FieldText.of)))) }
  }
}

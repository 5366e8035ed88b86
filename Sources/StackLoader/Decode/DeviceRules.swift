import StackModel

extension ServiceDecoder {
  /// `device_cgroup_rules`; nil when there are none.
  func deviceRules() -> [DeviceCgroupRule]? {
    let rules = fields.each("device_cgroup_rules", hint: "write it as \"c 1:3 rwm\", TYPE MAJOR:MINOR RIGHTS", Self.deviceRule)
    return rules.isEmpty ? nil : rules
  }

  /// `TYPE MAJOR:MINOR RIGHTS`
  static func deviceRule(_ text: String) -> DeviceCgroupRule? {
    let parts = text.split(separator: " ")
    guard parts.count == 3, let kind = DeviceCgroupRule.Kind(rawValue: String(parts[0])) else { return nil }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard numbers.count == 2, numbers.allSatisfy({ $0 == "*" || UInt32($0) != nil }), parts[2].count <= 3,
      parts[2].allSatisfy({ "rwm".contains($0) })
    else { return nil }
    return DeviceCgroupRule(kind: kind, major: UInt32(numbers[0]), minor: UInt32(numbers[1]), permissions: String(parts[2]))
  }
}

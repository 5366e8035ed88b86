import Foundation
import Testing

@testable import StackLoader

/// Reads JSON as the values that `config` writes.
func parseJSON(_ text: String) throws -> ConfigValue {
  convert(try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
}

private func convert(_ value: Any) -> ConfigValue {
  switch value {
  case let map as [String: Any]: .map(ConfigMap(map.mapValues(convert)))
  case let list as [Any]: .list(list.map(convert))
  case let text as String: .string(text)
  case let number as NSNumber:
    if CFNumberTypeIsBoolean(number) {
      .bool(number.boolValue)
    } else {
      Int64(exactly: number.doubleValue).map { .integer($0) } ?? .float(number.doubleValue)
    }
  default: .null
  }
}

private func CFNumberTypeIsBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

/// What differs, one line a place.
func differences(_ found: ConfigValue, _ expected: ConfigValue, at path: String = "") -> [String] {
  switch (found, expected) {
  case (.map(let one), .map(let other)):
    Set(one.keys).union(other.keys).sorted().flatMap { key in
      switch (one[key], other[key]) {
      case (let mine?, let theirs?): differences(mine, theirs, at: "\(path).\(key)")
      case (let mine?, nil): ["\(path).\(key): \(mine) is not expected"]
      case (nil, let theirs): ["\(path).\(key): \(theirs.map { "\($0)" } ?? "") is missing"]
      }
    }
  case (.list(let one), .list(let other)) where one.count == other.count:
    zip(one, other).enumerated().flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
  default: found == expected ? [] : ["\(path): \(found) instead of \(expected)"]
  }
}

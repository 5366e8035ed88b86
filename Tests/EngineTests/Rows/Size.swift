import Foundation

/// How much the tests of reliability do: little in a normal run, all that the catalogue asks for with `MUSTER_TEST_ROWS=full`.
enum Size {
  static let isFull = ProcessInfo.processInfo.environment["MUSTER_TEST_ROWS"] == "full"
  static func of(_ few: Int, full: Int) -> Int { isFull ? full : few }
}

/// Tells a figure that a report wants to have.
func tell(_ row: String, _ figure: String) { print("ROW \(row): \(figure)") }

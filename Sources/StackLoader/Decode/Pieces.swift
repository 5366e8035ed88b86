/// The text between an ASCII separator, empty pieces too. By bytes, which is many times faster than by characters.
func pieces(_ text: String, _ separator: UInt8) -> [String] {
  text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { String(Substring($0)) }
}

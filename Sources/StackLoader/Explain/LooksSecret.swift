/// Whether a variable of this name most likely holds something that is not to be shown.
func looksSecret(_ name: String) -> Bool {
  let upper = name.uppercased()
  if ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "PRIVATEKEY"].contains(where: { upper.contains($0) }) {
    return true
  }
  let words = upper.split { !$0.isLetter && !$0.isNumber }
  return words.contains { ["KEY", "PASS", "PAT", "AUTH", "SALT", "PRIVATE", "DSN"].contains($0) }
    || words.count > 1 && words.last == "PWD" && words.first != "OLD"
}

/// Whether a variable's name suggests that its value should not be shown: `MYSQL_PASSWORD`, `API_TOKEN`.
func isSensitive(_ name: String) -> Bool {
  let name = name.uppercased()
  return sensitiveWords.contains { name.contains($0) }
}

private let sensitiveWords = [
  "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE", "API_KEY", "APIKEY", "ACCESS_KEY", "_DSN", "DATABASE_URL",
]

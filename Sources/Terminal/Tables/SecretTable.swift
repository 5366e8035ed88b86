public import Backend

extension Table {
  /// `secret ls`: ID NAME VERSION CREATED UPDATED USED BY. `now` in nanoseconds since 1970.
  public static func secrets(_ secrets: [SecretSummary], now: Int64) -> Table {
    Table(
      ["ID", "NAME", "VERSION", "CREATED", "UPDATED", "USED BY"],
      rows: secrets.map { secret in
        let newest = secret.versions.last
        if newest?.damage != nil { return [secret.id, secret.name, "\(newest?.number ?? 0)", "damaged", "damaged", used(secret)] }
        return [
          secret.id, secret.name, "\(newest?.number ?? 0)", humanAge(of: secret.created, now: now),
          humanAge(of: newest?.created ?? secret.created, now: now), used(secret),
        ]
      })
  }

  private static func used(_ secret: SecretSummary) -> String { secret.usedBy.joined(separator: ", ") }
}

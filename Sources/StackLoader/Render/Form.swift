/// What a value of the stack file is, and so how `config` prints it.
indirect enum Form: Sendable {
  /// Any scalar, as a text.
  case text
  case bool
  case integer
  /// A number that Compose keeps in 32 bits.
  case number
  /// `64m`, printed as a text of digits.
  case bytes
  /// `90s`, printed as Go prints it.
  case duration
  /// As it is written.
  case any
  case list(Form)
  /// Texts, none twice; one alone stands for a list of it.
  case texts
  /// A text is split into words as a shell does.
  case command
  /// `NAME=value` lists and mappings.
  case pairs(Unset)
  /// Names and what each stands for; null stays null where `isOptional`.
  case named(Form, isOptional: Bool)
  case object([Member])
  /// Brought into its long form first, also where variables are still in the values.
  case expanded(@Sendable (Node, RenderContext) -> Node, Form)
  /// Changed first, where no variables are left in the values.
  case normalized(@Sendable (Node, RenderContext) -> Node, Form)

  /// What a name without a value is printed as.
  enum Unset { case null, empty }
}

/// A key of a mapping.
struct Member: Sendable {
  var key: String
  var form: Form
  /// Printed also when it is empty, zero or false: that differs from being absent.
  var keepsZero: Bool
  /// What JSON has for it when it is absent.
  var json: JSONDefault?

  enum JSONDefault { case null, map, hook }

  init(_ key: String, _ form: Form = .text, keepsZero: Bool = false, json: JSONDefault? = nil) {
    self.key = key
    self.form = form
    self.keepsZero = keepsZero
    self.json = json
  }
}

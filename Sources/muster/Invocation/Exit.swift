/// The end of a command: its status, and what to tell on standard error.
struct Exit: Error {
  var code: Int32
  var message: String?
  init(_ code: Int32, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}

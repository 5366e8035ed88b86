/// Why a step was not possible, in words for the user.
struct SetupProblem: Error {
  var errno: Int32
  var detail: String
  init(errno: Int32, _ detail: String) {
    self.errno = errno
    self.detail = detail
  }
}

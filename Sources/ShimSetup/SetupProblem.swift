/// Why a step was not possible, in words for the user.
package struct SetupProblem: Error {
  package var errno: Int32
  package var detail: String
  package init(errno: Int32, _ detail: String) {
    self.errno = errno
    self.detail = detail
  }
}

import Glibc

/// How large a test is that can be made larger: the number in the environment variable, else the usual one, which is quick.
public func size(_ variable: String, usually: Int) -> Int {
  getenv(variable).flatMap { Int(String(cString: $0)) } ?? usually
}

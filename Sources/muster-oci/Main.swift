import Glibc

/// An OCI runtime's command line.
@main
enum MusterOCI {
  static func main() {}
}

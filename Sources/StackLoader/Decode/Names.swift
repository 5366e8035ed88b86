import OCI

/// What names may look like.
enum Names {
  /// `[a-z0-9][a-z0-9_-]*`
  static func isProject(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, isLower(first) || isDigit(first), name.utf8.count <= 128 else { return false }
    return name.unicodeScalars.allSatisfy { isLower($0) || isDigit($0) || $0 == "_" || $0 == "-" }
  }

  /// A directory's name as a project's name; empty when nothing of it can stay.
  static func project(fromDirectory name: String) -> String {
    let kept = name.lowercased().unicodeScalars.filter { isLower($0) || isDigit($0) || $0 == "_" || $0 == "-" }
    return String(String.UnicodeScalarView(kept.drop { $0 == "_" || $0 == "-" }))
  }

  /// Keys of services, networks, volumes, secrets and configs: `[a-zA-Z0-9._-]+`, but no `.` or `..`.
  static func isKey(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255 && name.unicodeScalars.allSatisfy(isWord) && name != "." && name != ".."
  }

  /// `[a-zA-Z0-9][a-zA-Z0-9_.-]+`
  static func isContainer(_ name: String) -> Bool { isObject(name) && name.utf8.count > 1 }

  /// `[a-zA-Z0-9][a-zA-Z0-9_.-]*`: full names of volumes and networks.
  static func isObject(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, isLetter(first) || isDigit(first) else { return false }
    return name.utf8.count <= 255 && name.unicodeScalars.allSatisfy(isWord)
  }

  /// A host's or a domain's name: letters, digits, `-`, `_` and dots between them, at most 253.
  static func isHost(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last, first != ".", first != "-", last != "-" else {
      return false
    }
    return name.utf8.count <= 253 && name.unicodeScalars.allSatisfy(isWord) && !name.contains("..")
  }

  private static func isLower(_ scalar: Unicode.Scalar) -> Bool { scalar >= "a" && scalar <= "z" }
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { isLower(scalar) || scalar >= "A" && scalar <= "Z" }
  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (isLetter(scalar) || isDigit(scalar) || scalar == "_" || scalar == "." || scalar == "-")
  }
}

/// What is wrong with an image's name, in words.
func imageProblem(_ name: String) -> String? {
  do throws(ImageReferenceError) {
    _ = try ImageReference(name)
    return nil
  } catch {
    return error.description
  }
}

/// `platform`.
enum Platforms {
  #if arch(x86_64)
    static let host = "linux/amd64"
    private static let names: Set<String> = ["linux/amd64", "linux", "amd64", "x86_64", "linux/x86_64", "linux/amd64/v1"]
  #else
    static let host = "linux/arm64"
    private static let names: Set<String> = ["linux/arm64", "linux", "arm64", "aarch64", "linux/aarch64", "linux/arm64/v8", "arm64/v8"]
  #endif

  static func isHost(_ platform: String) -> Bool { platform.isEmpty || names.contains(platform.lowercased()) }
}

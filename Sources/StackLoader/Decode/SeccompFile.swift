import Diagnostics
import StackModel

extension ServiceDecoder {
  private static var largestProfile: Int { 4 << 20 }

  /// `seccomp=FILE`, the path counting from the stack file; nil, with errors, when it cannot be read. Files of services that do not run are left alone.
  func seccompProfile(_ written: String, _ item: Node) -> SeccompProfile? {
    guard project.enabledServices.contains(name) else { return nil }
    let path = Paths.absolute(written, in: item.place.origin.directory, home: project.home)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try project.read(path, Self.largestProfile)
    } catch {
      // Showing the stack needs no profile; running it without one could allow what that refuses.
      report.finding(
        Finding(field: fields.field("security_opt"), support: .unsupported), .error, item.place,
        "service \"\(name)\": cannot read the seccomp profile \(path): \(error)")
      return nil
    }
    // JSON is YAML, so a mistake in it has a line and a column.
    let origin = Origin(
      file: written, directory: Paths.directory(of: path), currentDirectory: project.directory, environment: Variables(shell: [:]),
      bytes: bytes)
    guard let documents = parseYAML(bytes, origin, report) else { return nil }
    guard documents.count == 1, documents[0].mapping != nil else {
      report.error(.invalidValue, item.place, "service \"\(name)\": \(path) is not a seccomp profile", hint: "a profile is one JSON object")
      return nil
    }
    return SeccompDecoder(file: written, report: report).profile(documents[0])
  }
}

/// A profile in Docker's format → ``SeccompProfile``.
struct SeccompDecoder {
  let file: String
  let report: Report

  func profile(_ node: Node) -> SeccompProfile? {
    let fields = Fields(node: node, subject: "seccomp profile \(file)", path: "seccomp", report: report)
    guard node["defaultAction"] != nil else { return fields.invalid("defaultAction", node, "is missing", hint: "write SCMP_ACT_ERRNO") }
    guard let action: SeccompProfile.Action = fields.choice("defaultAction") else { return nil }
    var profile = SeccompProfile(source: file, defaultAction: action)
    profile.defaultErrno = errno("defaultErrnoRet", fields)
    profile.architectures = fields.texts("architectures")
    profile.families = fields.mappings("archMap").map {
      SeccompProfile.Family(architecture: $0.text("architecture") ?? "", others: $0.texts("subArchitectures"))
    }
    if !profile.architectures.isEmpty, !profile.families.isEmpty {
      report.error(.conflict, fields.place("archMap"), "\(fields.subject) has both architectures and archMap", hint: "keep one of them")
    }
    for flag in fields.texts("flags") where flag != "SECCOMP_FILTER_FLAG_TSYNC" {
      if let value = node["flags"] { return fields.invalid("flags", value, "has \(flag), which is not supported", hint: "remove it") }
    }
    profile.rules = fields.mappings("syscalls").compactMap(rule)
    return profile
  }

  private func rule(_ fields: Fields) -> SeccompProfile.Rule? {
    guard fields.node["action"] != nil else { return fields.invalid("action", fields.node, "is missing", hint: "write SCMP_ACT_ALLOW") }
    guard let action: SeccompProfile.Action = fields.choice("action") else { return nil }
    // The format of before Docker 1.13 has one name a rule.
    var names = fields.texts("names")
    if let name = fields.text("name"), !name.isEmpty {
      if !names.isEmpty { return fields.invalid("name", fields.node, "stands beside names", hint: "keep one of them") }
      names = [name]
    }
    return SeccompProfile.Rule(
      names: names, action: action, errno: errno("errnoRet", fields), arguments: fields.mappings("args").compactMap(argument),
      includes: circumstances("includes", fields), excludes: circumstances("excludes", fields))
  }

  private func argument(_ fields: Fields) -> SeccompProfile.Argument? {
    guard let comparison: SeccompProfile.Comparison = fields.choice("op") else {
      return fields.node["op"] == nil ? fields.invalid("op", fields.node, "is missing", hint: "write SCMP_CMP_EQ") : nil
    }
    return SeccompProfile.Argument(
      index: UInt32(fields.integer("index", in: 0...5) ?? 0), value: UInt64(fields.integer("value", in: 0...Int64.max) ?? 0),
      valueTwo: UInt64(fields.integer("valueTwo", in: 0...Int64.max) ?? 0), comparison: comparison)
  }

  private func circumstances(_ key: String, _ fields: Fields) -> SeccompProfile.Circumstances {
    guard let written = fields.child(key) else { return SeccompProfile.Circumstances() }
    var circumstances = SeccompProfile.Circumstances(capabilities: written.texts("caps"), architectures: written.texts("arches"))
    if let text = written.text("minKernel") {
      let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
      if numbers.count == 2, let major = numbers[0], let minor = numbers[1] {
        circumstances.kernel = SeccompProfile.KernelRelease(major: major, minor: minor)
      } else if let value = written.node["minKernel"] {
        report.error(.invalidValue, value.place, "\(written.subject): minKernel \"\(text)\" is not a version", hint: "write it as \"4.8\"")
      }
    }
    return circumstances
  }

  private func errno(_ key: String, _ fields: Fields) -> UInt16? { fields.integer(key, in: 0...4095).map { UInt16($0) } }
}

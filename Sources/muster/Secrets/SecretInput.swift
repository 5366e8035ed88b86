import Backend
import Diagnostics
import Glibc
import LinuxKit

/// A value from a file, or from standard input for `-`: never from the command line, which everybody can read.
func secretValue(_ file: String, hidingIn output: Output) throws -> SecretValue {
  let bytes: [UInt8]
  do {
    if file == "-" {
      guard isatty(0) == 0 else {
        throw Exit(1, "the value is to come from standard input, which is a terminal\n  hint: printf %s VALUE | muster secret …")
      }
      bytes = try Descriptor.duplicate(0).readAll(limit: secretLimit)
    } else {
      let opened = try Descriptor.open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY)
      let kind = try opened.status().kind
      // `<(…)` of a shell is a pipe.
      guard kind == .regular || kind == .fifo else { throw Exit(1, "\(visible(file)) is not a file") }
      if kind == .fifo { return try secretValue(pipe: file, hidingIn: output) }
      bytes = try opened.readAll(limit: secretLimit)
    }
  } catch let error as KernelError {
    if error.errno == EFBIG { throw Exit(1, "\(visible(file)): a secret has 1 MiB at most") }
    throw Exit(1, "\(visible(file)): \(error.reason)")
  }
  output.hide(bytes)
  return .bytes(bytes)
}

private func secretValue(pipe: String, hidingIn output: Output) throws -> SecretValue {
  let bytes = try Descriptor.open(pipe, O_RDONLY | O_NOCTTY).readAll(limit: secretLimit)
  output.hide(bytes)
  return .bytes(bytes)
}

private let secretLimit = 1 << 20

/// `KEY=VALUE`, or `KEY` alone.
func labels(_ texts: [String]) throws -> [String: String] {
  var labels: [String: String] = [:]
  for text in texts {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard !parts[0].isEmpty else { throw Exit(1, "\"\(visible(text))\" is not a label; write it as KEY=VALUE") }
    labels[parts[0]] = parts.count > 1 ? parts[1] : ""
  }
  return labels
}

extension Output {
  /// Says of a short value that it is not recognised in messages.
  func tellShortness(of value: SecretValue, _ name: String) {
    guard case .bytes(let bytes) = value, bytes.count < Redactor.shortest else { return }
    error(
      "note: \(visible(name)) has fewer than \(Redactor.shortest) bytes: so short a value is not taken out of messages, and is soon guessed"
    )
  }

  /// What a new value did to the containers that have the secret. The status: 1 when one did not get it.
  func tell(_ rotation: SecretRotation) -> Int32 {
    write("\(rotation.name) version \(rotation.version)\n")
    for container in rotation.containers {
      let name = visible(container.name)
      switch container.what {
      case .updated: error("\(name): its file has the new value")
      case .signalled: error("\(name): its file has the new value, and it got \(visible(container.detail ?? "its signal"))")
      case .restarted: error("\(name): restarted with the new value")
      case .failed: error("\(name): does not have the new value: \(visible(container.detail ?? ""))")
      }
    }
    return rotation.containers.contains { $0.what == .failed } ? 1 : 0
  }
}

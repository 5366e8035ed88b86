import Backend
import Diagnostics
import FoundationEssentials
import Glibc
import LinuxKit
import StackLoader
import SystemPackage

/// The file of `plan --out` and `up --plan`: a `SavedPlan` in JSON, for its owner's eyes.
struct PlanFile {
  let path: String
  /// A stack of some thousands of services fits.
  static let limit = 64 << 20

  /// Writes the file as a whole. What is there and is no regular file stays.
  func write(_ plan: SavedPlan) throws {
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw Exit(1, "--out \(visible(path)): there is something that is not a regular file")
    }
    let text = try jsonText(plan, isPretty: true) + "\n"
    do throws(KernelError) {
      try atomicWrite(FilePath(path), Array(text.utf8), mode: 0o600)
    } catch {
      throw Exit(1, "--out \(visible(path)): \(error)")
    }
  }

  /// What the file holds, or in which way it is no plan.
  func read() throws -> SavedPlan {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try HostFiles().read(path, limit: Self.limit) } catch { throw refusal(error.description) }
    let data = Data(bytes)
    let decoder = JSONDecoder()
    // The version first: another one may have other fields.
    guard let head = try? decoder.decode(Head.self, from: data), head.format == SavedPlan.format else {
      throw refusal("it is not a plan that `muster plan --out` has written")
    }
    guard head.version == SavedPlan.currentVersion else {
      throw refusal(
        "it is a plan of version \(head.version), and this is Muster \(MusterVersion.version), which knows version \(SavedPlan.currentVersion)"
      )
    }
    do {
      return try decoder.decode(SavedPlan.self, from: data)
    } catch let DecodingError.keyNotFound(key, context) {
      throw refusal("it is damaged: there is no \(place(context.codingPath + [key]))")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
      throw refusal("it is damaged at \(place(context.codingPath))")
    } catch {
      throw refusal("it is damaged")
    }
  }

  private struct Head: Decodable {
    var format: String
    var version: Int
  }

  private func place(_ keys: [any CodingKey]) -> String {
    visible(keys.isEmpty ? "its top" : String(keys.map(\.stringValue).joined(separator: ".").prefix(200)))
  }

  private func refusal(_ problem: String) -> Exit {
    Exit(1, "--plan \(visible(path)): \(problem)\n  hint: make one: muster plan --out FILE")
  }
}

import Glibc
import ImageStore
import LinuxKit
import PathPatterns
import StackModel

/// The build context and the Dockerfile of a build, opened and read.
struct BuildContext: Sendable {
  let source: SourceRoot
  let dockerfile: [UInt8]
  /// As messages name it.
  let dockerfileName: String
  /// Bytes of the ignore file.
  let ignoreSize: Int

  private static let ignoreLimit = 4 << 20

  init(_ spec: BuildSpec) throws {
    for remote in ["http://", "https://", "git://", "ssh://", "git@", "github.com/", "docker-image://", "oci-layout://"]
    where spec.context.hasPrefix(remote) {
      throw BuildError("the build context \(spec.context) is remote; this builder takes local directories only")
    }
    let root: RootedDirectory
    do { root = try RootedDirectory(path: spec.context) } catch {
      throw BuildError("the build context \(spec.context): \(error.reason)")
    }
    var ignoreFile: (name: String, bytes: [UInt8])?
    if let path = spec.dockerfile {
      do { dockerfile = try readFile(path, limit: Dockerfile.limit) } catch {
        throw BuildError("the Dockerfile \(path): \(error.errno == EINVAL ? "is no regular file" : error.reason)")
      }
      dockerfileName = path
      ignoreFile = try Self.readIgnore(path + ".dockerignore")
    } else {
      guard let text = spec.inlineDockerfile else { throw BuildError("the build of \(spec.context) has no Dockerfile") }
      dockerfile = Array(text.utf8)
      dockerfileName = "dockerfile_inline"
    }
    if ignoreFile == nil { ignoreFile = try Self.readIgnore(".dockerignore", in: root) }
    ignoreSize = ignoreFile?.bytes.count ?? 0
    source = SourceRoot(
      root, rules: try ignoreFile.map(Self.rules) ?? IgnoreRules(), keepsOwner: false,
      name: "the build context \(spec.context)")
  }

  /// A directory of `additional_contexts`, with its own .dockerignore.
  static func source(_ path: String, name: String) throws -> SourceRoot {
    let root: RootedDirectory
    do { root = try RootedDirectory(path: path) } catch { throw BuildError("\(name), \(path): \(error.reason)") }
    let rules = try readIgnore(".dockerignore", in: root).map(rules)
    return SourceRoot(root, rules: rules ?? IgnoreRules(), keepsOwner: false, name: name)
  }

  private static func rules(_ file: (name: String, bytes: [UInt8])) throws -> IgnoreRules {
    do { return try IgnoreRules(parsing: file.bytes, file: file.name) } catch { throw BuildError(error.description) }
  }

  private static func readIgnore(_ path: String) throws -> (name: String, bytes: [UInt8])? {
    do { return (path, try readFile(path, limit: ignoreLimit)) } catch {
      if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
      throw BuildError("\(path): \(error.reason)")
    }
  }

  private static func readIgnore(_ name: String, in root: borrowing RootedDirectory) throws -> (name: String, bytes: [UInt8])? {
    do { return (name, try root.read(name, limit: ignoreLimit)) } catch {
      if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
      throw BuildError("\(name): \(error.reason)")
    }
  }
}

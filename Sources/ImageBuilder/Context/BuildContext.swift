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

  /// - Parameter isFetched: The context came from elsewhere: the Dockerfile is in it, and nothing of it leads out.
  init(_ spec: BuildSpec, isFetched: Bool = false) throws {
    guard !spec.context.contains("://"), !spec.context.hasPrefix("git@"), !spec.context.hasPrefix("github.com/") else {
      throw BuildError(
        "the build context \(spec.context) is neither a directory nor a git repository", hint: "a repository's address ends with .git")
    }
    let root: RootedDirectory
    do { root = try RootedDirectory(path: spec.context) } catch {
      throw BuildError("the build context \(spec.context): \(error.reason)")
    }
    var ignoreFile: (name: String, bytes: [UInt8])?
    if let path = spec.dockerfile, isFetched {
      do { dockerfile = try root.read(path, limit: Dockerfile.limit) } catch {
        throw BuildError("the Dockerfile \(path): \(error.errno == EINVAL ? "is no regular file" : error.reason)")
      }
      dockerfileName = path
      ignoreFile = try Self.readIgnore(path + ".dockerignore", in: root)
    } else if let path = spec.dockerfile {
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

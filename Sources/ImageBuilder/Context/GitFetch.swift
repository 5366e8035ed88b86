import Glibc
import ImageStore
import LinuxKit
import StackModel
import SystemPackage

/// Gets a directory of a git repository with this machine's git, which reads nobody's configuration, asks nothing, runs no hooks and speaks
/// https, http, git and ssh alone.
struct GitFetch: Sendable {
  let source: GitSource
  /// `.git` stays.
  var keepsHistory = false
  /// An agent for ssh://; nil: none.
  var agent: String?

  private static let programs = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"]
  private static let patience = 900

  /// Fetches into a directory that is made. Waits. Returns the commit, and where the directory asked for is.
  func run(into place: String, _ cancellation: Cancellation) throws -> (commit: String, path: String) {
    if let problem = source.problem { throw BuildError("the git repository \(source.shown): \(problem)") }
    guard let git = Self.programs.first(where: { access($0, X_OK) == 0 }) else {
      throw BuildError("the git repository \(source.shown) cannot be fetched: there is no git on this machine", hint: "apt-get install git")
    }
    try makeDirectories(place, mode: 0o755)
    func step(_ words: [String]) throws -> String {
      try cancellation.check()
      return try run([git, "-c", "core.hooksPath=/dev/null", "-c", "protocol.file.allow=never", "-C", place] + words)
    }
    _ = try step(["init", "-q", "--template="])
    let wanted = source.reference ?? "HEAD"
    do {
      _ = try step(["fetch", "-q", "--depth", "1", "--no-tags", "--", source.repository, wanted])
    } catch let error as BuildError {
      // Servers may give commits that no name leads to only with all the others.
      guard wanted.utf8.count >= 7, wanted.allSatisfy(\.isHexDigit) else { throw error }
      _ = try step(["fetch", "-q", "--tags", "--", source.repository, "+refs/heads/*:refs/remotes/origin/*"])
      _ = try step(["update-ref", "FETCH_HEAD", wanted + "^{commit}"])
    }
    _ = try step(["checkout", "-q", "--detach", "FETCH_HEAD"])
    _ = try step(["submodule", "-q", "update", "--init", "--recursive", "--depth", "1"])
    let commit = try step(["rev-parse", "HEAD"])
    if !keepsHistory { try removeTree(FilePath(place + "/.git")) }
    return (commit, try directory(in: place))
  }

  /// The same on a thread of its own, told as a step of the build. Returns where the directory asked for is.
  func run(into place: String, _ progress: BuildProgress) async throws -> String {
    let work = progress.begin("[internal] load git source \(source.shown)")
    do {
      let fetched = try await onThread { try run(into: place, $0) }
      work.note(fetched.commit)
      work.done()
      return fetched.path
    } catch {
      work.failed((error as? BuildError)?.message ?? "\(error)")
      throw error
    }
  }

  /// The directory that is asked for; none of the way may be a link.
  private func directory(in place: String) throws -> String {
    var path = place
    for name in source.directory.split(separator: "/") {
      path += "/" + name
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw BuildError("the git repository \(source.shown) has no directory \(source.directory)")
      }
    }
    return path
  }

  private func run(_ arguments: [String]) throws -> String {
    var environment = [
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:git:ssh",
      "GIT_SSH_COMMAND": "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=yes -o IdentityFile=none",
    ]
    if let agent, !agent.isEmpty { environment["SSH_AUTH_SOCK"] = agent }
    let ended: ProgramOutput
    do throws(KernelError) {
      let nothing = try Descriptor.open("/dev/null", O_RDONLY)
      ended = try ProgramOutput.of(arguments, environment: environment, input: nothing, limit: 1 << 20, seconds: Self.patience)
    } catch {
      let why = error.errno == ETIMEDOUT ? "it takes longer than \(Self.patience / 60) minutes" : error.reason
      throw BuildError("the git repository \(source.shown) cannot be fetched: \(why)")
    }
    guard ended.code == 0 else {
      let words = String(decoding: ended.errors, as: UTF8.self).split(separator: "\n").last { !$0.isEmpty }.map(String.init) ?? ""
      let why = words.isEmpty ? "git ended with \(ended.code)" : words.replacing(source.repository, with: source.shown)
      throw BuildError("the git repository \(source.shown) cannot be fetched: \(why)")
    }
    return String(decoding: ended.output, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
  }
}

import AsyncHTTPClient
import Glibc
import LinuxKit
import NIOCore
import NIOHTTP1
import NIOPosix
public import OCI

/// A file that was fetched from the web.
public struct RemoteFile: Sendable {
  /// Of its content.
  public var digest: Digest
  /// Bytes.
  public var size: Int64

  /// Fetches an `http://` or `https://` address into a new file, which only its owner may read; redirections are followed.
  ///
  /// The file gets the time that the server says it was changed (RFC 9110, `Last-Modified`), or 1970's beginning: what was fetched again is
  /// the same file.
  ///
  /// - Parameters:
  ///   - path: Where the file is made; nothing is there.
  ///   - limit: The most bytes of the file.
  /// - Throws: ``RegistryError``, a `KernelError`, or `CancellationError`. The file is then for the caller to remove.
  public static func fetch(_ address: String, to path: String, limit: Int64 = 64 << 30) async throws -> RemoteFile {
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .follow(max: 10, allowCycles: false),
      timeout: .init(connect: .seconds(30), read: .seconds(60), write: .seconds(60)))
    settings.httpVersion = .http1Only
    let http = HTTPClient(eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: settings)
    do {
      let file = try await fetch(address, to: path, limit: limit, http)
      try? await http.shutdown()
      return file
    } catch {
      try? await http.shutdown()
      try Task.checkCancellation()
      if error is RegistryError || error is KernelError { throw error }
      throw RegistryError(.unavailable, "\(shown(address)) cannot be fetched: \(shown(String(describing: error)))")
    }
  }

  private static func fetch(_ address: String, to path: String, limit: Int64, _ http: HTTPClient) async throws -> RemoteFile {
    var request = HTTPClientRequest(url: address)
    request.headers.add(name: "User-Agent", value: "muster")
    let answer = try await http.execute(request, deadline: .distantFuture)
    guard answer.status == .ok else {
      throw RegistryError(answer.status == .notFound ? .notFound : .invalid, "\(shown(address)): the server answers \(answer.status)")
    }
    let tooLarge = RegistryError(.invalid, "\(shown(address)) is larger than \(limit) bytes")
    if let length = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) }), length > limit { throw tooLarge }
    let file = try Descriptor.open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: 0o600)
    var hash = ContentHash()
    var size: Int64 = 0
    for try await piece in answer.body {
      guard size + Int64(piece.readableBytes) <= limit else { throw tooLarge }
      try piece.withUnsafeReadableBytes { bytes throws(KernelError) in
        hash.update(bytes)
        try file.writeAll(bytes, at: size)
      }
      size += Int64(piece.readableBytes)
    }
    let changed = FileTime(seconds: answer.headers.first(name: "Last-Modified").flatMap(seconds) ?? 0, nanoseconds: 0)
    try file.setTimes(accessed: changed, modified: changed)
    return RemoteFile(digest: hash.digest(), size: size)
  }

  /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func seconds(_ text: String) -> Int64? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else { return nil }
    let numbers = ([words[1], words[3]] + words[4].split(separator: ":")).compactMap { Int32($0) }
    guard numbers.count == 5, numbers.allSatisfy({ $0 >= 0 && $0 < 10_000 }) else { return nil }
    var parts = tm()
    (parts.tm_mday, parts.tm_mon, parts.tm_year) = (numbers[0], Int32(month), numbers[1] - 1900)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
    return Int64(timegm(&parts))
  }
}

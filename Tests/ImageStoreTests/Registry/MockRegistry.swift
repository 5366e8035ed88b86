import NIOCore
import NIOHTTP1
import NIOPosix
import OCI
import Synchronization

@testable import ImageStore

/// A registry on loopback whose answers are the test's, and which remembers what it was asked.
final class MockRegistry: Sendable {
  struct Asked: Sendable {
    var method: String
    /// With the query.
    var target: String
    var headers: HTTPHeaders
    var body: [UInt8]
    var path: String { String(target.prefix { $0 != "?" }) }
  }

  struct Reply: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    /// Bytes after which the connection is cut; nil: none.
    var cutAfter: Int?
    /// Said instead of the body's length.
    var length: Int?
    /// Zeros without end, in chunks.
    var isEndless = false
    /// Milliseconds between single bytes.
    var trickle: Int64?
  }

  private struct State {
    var asked: [Asked] = []
    var answer: @Sendable (Asked) -> Reply? = { _ in nil }
    var contents: [String: (bytes: [UInt8], type: String)] = [:]
  }

  private let state = Mutex(State())
  private let channel: any Channel
  let port: Int

  /// `127.0.0.1:PORT`
  var name: String { "127.0.0.1:\(port)" }

  init(port: Int = 0) async throws {
    let box = HandlerBox()
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(box))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = channel.localAddress?.port ?? 0
    box.registry.withLock { $0 = self }
  }

  func close() async { try? await channel.close() }

  var asked: [Asked] { state.withLock { $0.asked } }

  /// Requests that carry somebody's password or token.
  var withCredentials: [Asked] {
    asked.filter { $0.headers.contains(name: "Authorization") || String(decoding: $0.body, as: UTF8.self).contains("refresh_token") }
  }

  /// What comes before the contents; nil: the contents.
  func answer(_ answer: @escaping @Sendable (Asked) -> Reply?) { state.withLock { $0.answer = answer } }

  /// Puts something at a path.
  func put(_ path: String, _ bytes: [UInt8], _ type: String = "application/octet-stream") {
    state.withLock { $0.contents[path] = (bytes, type) }
  }

  /// An image of these layers at `/v2/NAME/manifests/TAG`, all of it right. Returns its parts. `prefix`: what stands before `/v2/`.
  @discardableResult
  func put(image name: String, _ tag: String, _ layers: [[UInt8]], prefix: String = "") -> (manifest: [UInt8], config: [UInt8]) {
    let config = SavedImageTests.configuration(layers)
    let parts = layers.map { #"{"mediaType":"\#(MediaType.layer)","size":\#($0.count),"digest":"\#(ContentHash.of($0))"}"# }
    let manifest = Array(
      #"{"schemaVersion":2,"mediaType":"\#(MediaType.manifest)","config":{"mediaType":"\#(MediaType.config)","size":\#(config.count),"digest":"\#(ContentHash.of(config))"},"layers":[\#(parts.joined(separator: ","))]}"#
        .utf8)
    for blob in layers + [config] { put("\(prefix)/v2/\(name)/blobs/\(ContentHash.of(blob))", blob) }
    put("\(prefix)/v2/\(name)/manifests/\(tag)", manifest, MediaType.manifest)
    put("\(prefix)/v2/\(name)/manifests/\(ContentHash.of(manifest))", manifest, MediaType.manifest)
    return (manifest, config)
  }

  fileprivate func reply(_ asked: Asked) -> Reply {
    let (answer, found) = state.withLock { state in
      state.asked.append(asked)
      return (state.answer, state.contents[asked.path])
    }
    if let reply = answer(asked) { return reply }
    guard let found else { return Reply(status: asked.path == "/v2/" ? 200 : 404) }
    return MockRegistry.content(found.bytes, found.type, asked)
  }

  /// An answer with content, or the part of it that was asked for.
  static func content(_ bytes: [UInt8], _ type: String, _ asked: Asked) -> Reply {
    if let range = asked.headers.first(name: "Range"), let start = Int(range.dropFirst(6).prefix { $0 != "-" }), start < bytes.count {
      return Reply(
        status: 206, headers: [("Content-Type", type), ("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")],
        body: Array(bytes[start...]))
    }
    return Reply(headers: [("Content-Type", type)], body: bytes)
  }

  private final class HandlerBox: Sendable {
    let registry = Mutex<MockRegistry?>(nil)
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let box: HandlerBox
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    init(_ box: HandlerBox) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body = []
      case .body(let piece): body += Array(piece.readableBytesView)
      case .end:
        guard let head, let registry = box.registry.withLock({ $0 }) else { return }
        let reply = registry.reply(Asked(method: head.method.rawValue, target: head.uri, headers: head.headers, body: body))
        send(reply, to: head, context)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ reply: Reply, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
      var headers = HTTPHeaders(reply.headers)
      if reply.isEndless {
        headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
      } else if !headers.contains(name: "Content-Length") {
        headers.add(name: "Content-Length", value: String(reply.length ?? reply.body.count))
      }
      context.write(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers))), promise: nil
      )
      if head.method == .HEAD { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
      if reply.isEndless { return sendZeros(context) }
      if let pause = reply.trickle { return sendSlowly(reply.body[...], pause, context) }
      let sent = reply.cutAfter.map { Array(reply.body.prefix($0)) } ?? reply.body
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: sent)))), promise: nil)
      if reply.cutAfter != nil { return context.close(promise: nil) }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func sendZeros(_ context: ChannelHandlerContext) {
      guard context.channel.isActive else { return }
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: [UInt8](repeating: 0, count: 65536)))))).whenSuccess {
        bound.value.0.sendZeros(bound.value.1)
      }
    }

    private func sendSlowly(_ rest: ArraySlice<UInt8>, _ pause: Int64, _ context: ChannelHandlerContext) {
      guard context.channel.isActive, let byte = rest.first else { return }
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: [byte])))), promise: nil)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .milliseconds(pause)) { bound.value.0.sendSlowly(rest.dropFirst(), pause, bound.value.1) }
    }
  }
}

extension RetryPolicy {
  /// Tries as often as usual, and waits a moment.
  static var quick: RetryPolicy {
    var policy = RetryPolicy()
    policy.firstDelay = .milliseconds(1)
    policy.longestDelay = .milliseconds(5)
    policy.longestRetryAfter = .seconds(1)
    return policy
  }
}

import Glibc
import LinuxKit
import NIOCore
import NIOPosix
import Netlink
import Synchronization

/// One network's resolver: UDP and TCP on one port, of the kernel's choice, of the network's gateway address.
final class ResolverServer: Sendable {
  /// The port that nftables sends the network's port 53 to.
  let port: UInt16
  private let datagrams: any Channel
  private let listener: any Channel
  private let connections: Connections

  private init(port: UInt16, datagrams: any Channel, listener: any Channel, connections: Connections) {
    self.port = port
    self.datagrams = datagrams
    self.listener = listener
    self.connections = connections
  }

  static func start(_ service: ResolverService, address: IPAddress) async throws -> ResolverServer {
    var attempts = 8
    while true {
      let connections = Connections()
      let datagrams = try await bindDatagrams(service, address)
      guard let port = datagrams.localAddress?.port else { throw ForwardingError.noAnswer }
      do {
        let listener = try await bindStreams(service, address, port, connections)
        return ResolverServer(port: UInt16(port), datagrams: datagrams, listener: listener, connections: connections)
      } catch {
        try? await datagrams.close()
        attempts -= 1
        // The port is free for UDP, but taken for TCP: another one.
        if attempts == 0 { throw error }
      }
    }
  }

  func stop() async {
    try? await datagrams.close()
    try? await listener.close()
    connections.closeAll()
  }

  private static func bindDatagrams(_ service: ResolverService, _ address: IPAddress) async throws -> any Channel {
    // Many are read with one call (recvmmsg(2)), each into its part of the buffer; no question is longer than 4096 bytes.
    try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.datagramVectorReadMessageCount, value: 16)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * 4096))
      .channelInitializer { channel in
        channel.widenReceiveBuffer(to: 4 << 20).flatMapThrowing {
          try channel.pipeline.syncOperations.addHandler(DatagramQuestionHandler(service))
        }
      }
      .bind(host: address.description, port: 0).get()
  }

  private static func bindStreams(
    _ service: ResolverService, _ address: IPAddress, _ port: Int, _ connections: Connections
  ) async throws -> any Channel {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        guard connections.add(channel) else { return channel.close() }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            IdleStateHandler(allTimeout: .seconds(10)), ByteToMessageHandler(LengthPrefixDecoder()), StreamQuestionHandler(service),
          ])
        }
      }
      .bind(host: address.description, port: port).get()
  }
}

/// The open connections of one resolver: no more than a few, and none is left when it stops.
private final class Connections: Sendable {
  private static let limit = 256
  private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

  func add(_ channel: any Channel) -> Bool {
    let key = ObjectIdentifier(channel)
    let isAdded = open.withLock { open in
      guard open.count < Connections.limit else { return false }
      open[key] = channel
      return true
    }
    if isAdded { channel.closeFuture.whenComplete { [self] _ in open.withLock { $0[key] = nil } } }
    return isAdded
  }

  func closeAll() {
    for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}

extension Channel {
  /// Room for questions that come while others are answered: with the kernel's usual 208 KiB, a few hundred at once lose some. More than
  /// `net.core.rmem_max` takes CAP_NET_ADMIN (socket(7)); without it there is as much as that allows.
  fileprivate func widenReceiveBuffer(to bytes: SocketOptionValue) -> EventLoopFuture<Void> {
    let forced = ChannelOptions.Types.SocketOption(level: .socket, name: .init(rawValue: SO_RCVBUFFORCE))
    return setOption(forced, value: bytes).flatMapError { _ in self.setOption(.socketOption(.so_rcvbuf), value: bytes) }
  }
}

/// Answers datagrams. What can be answered at once goes out with one call for all that came with one (sendmmsg(2)).
private final class DatagramQuestionHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  private let service: ResolverService
  private var isReading = false

  init(_ service: ResolverService) { self.service = service }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    let question = unwrapInboundIn(data)
    let channel = context.channel
    service.answer(Array(question.data.readableBytesView), from: question.remoteAddress, overTCP: false, on: context.eventLoop)
      .assumeIsolated()
      .whenSuccess { [self] bytes in
        guard let bytes else { return }
        channel.write(AddressedEnvelope(remoteAddress: question.remoteAddress, data: ByteBuffer(bytes: bytes)), promise: nil)
        if !isReading { channel.flush() }
      }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    context.flush()
  }

  /// One asker's error must not end the resolver.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// Answers the questions of one connection. They may be many, and are answered in any order (RFC 7766).
private final class StreamQuestionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let service: ResolverService

  init(_ service: ResolverService) { self.service = service }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = context.channel
    service.answer(Array(unwrapInboundIn(data).readableBytesView), from: channel.remoteAddress, overTCP: true, on: context.eventLoop)
      .whenSuccess { bytes in
        guard let bytes else { return channel.close(promise: nil) }
        channel.writeAndFlush(lengthPrefixed(bytes), promise: nil)
      }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) } else { context.fireUserInboundEventTriggered(event) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

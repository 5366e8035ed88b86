import Glibc
import NIOCore
import NIOPosix
import Netlink

/// Carries one accepted connection, which is closed when its container cannot be reached.
func carry(_ number: Int32, from peer: IPAddress?, by relay: Relay) {
  guard let target = relay.next(from: peer) else {
    close(number)
    return
  }
  let loop = MultiThreadedEventLoopGroup.singleton.next()
  @Sendable func bootstrap() -> ClientBootstrap {
    // Nothing is read before it is known where to.
    ClientBootstrap(group: loop).channelOption(.autoRead, value: false).channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1).connectTimeout(.seconds(10))
  }
  bootstrap().connect(to: target).whenComplete { result in
    switch result {
    case .failure: close(number)
    case .success(let container):
      bootstrap().withConnectedSocket(number).flatMapThrowing { client in
        let (one, other) = (Glue(), Glue())
        (one.partner, other.partner) = (other, one)
        try client.pipeline.syncOperations.addHandler(one)
        try container.pipeline.syncOperations.addHandler(other)
        for channel in [client, container] { channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) } }
      }.whenFailure { _ in container.close(promise: nil) }
    }
  }
}

/// One end of a relayed connection: what comes here leaves at the other, no faster than that takes it.
private final class Glue: ChannelDuplexHandler {
  typealias InboundIn = NIOAny
  typealias OutboundIn = NIOAny
  typealias OutboundOut = NIOAny
  var partner: Glue?
  private var context: ChannelHandlerContext?
  private var wantsToRead = false

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { leave() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { partner?.context?.write(data, promise: nil) }

  func channelReadComplete(context: ChannelHandlerContext) { partner?.context?.flush() }

  func read(context: ChannelHandlerContext) {
    if partner?.context?.channel.isWritable == true { context.read() } else { wantsToRead = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable, let partner, partner.wantsToRead else { return }
    partner.wantsToRead = false
    partner.context?.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Who has said all still listens.
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { partner?.context?.close(mode: .output, promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) { leave() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { leave() }

  private func leave() {
    let (own, other) = (context, partner)
    (context, partner) = (nil, nil)
    own?.close(promise: nil)
    other?.leave()
  }
}

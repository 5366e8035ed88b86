import NIOCore
import NIOPosix
import StackModel
import Synchronization

/// Asks other resolvers, one after the other, and hands the first answer on as it is. Those that gave none are asked last for a while.
final class Forwarder: Sendable {
  /// What one resolver has for its answer.
  static let patience: TimeAmount = .seconds(2)
  /// Questions under way at once; more are answered with a failure.
  static let limit = 1024

  /// How long one that gave no answer comes after the others.
  static let distrust: TimeAmount = .seconds(30)

  private let hostResolvers: @Sendable () -> [String]
  private let underWay = Atomic<Int>(0)
  private let cache = Mutex(AnswerCache())
  private let failures = Mutex<[String: NIODeadline]>([:])

  init(hostResolvers: @escaping @Sendable () -> [String]) { self.hostResolvers = hostResolvers }

  /// The answer for the asker of `packet`; `SERVFAIL` when no resolver gives one.
  func forward(
    _ packet: [UInt8], _ question: DNSQuestion, resolvers: [String], overTCP: Bool, on loop: any EventLoop
  ) -> EventLoopFuture<[UInt8]> {
    let key = AnswerCache.Key(packet, question, resolvers: resolvers, overTCP: overTCP)
    let now = NIODeadline.now().uptimeNanoseconds / 1_000_000_000
    if let known = cache.withLock({ $0.answer(to: packet, question, key, now: Int64(now)) }) { return loop.makeSucceededFuture(known) }
    let failure = DNSResponse.empty(question, .serverFailure)
    guard underWay.wrappingAdd(1, ordering: .relaxed).newValue <= Forwarder.limit else {
      underWay.wrappingSubtract(1, ordering: .relaxed)
      return loop.makeSucceededFuture(failure)
    }
    let exchange = Exchange(packet, question)
    return ask(ordered(resolvers.isEmpty ? hostResolvers() : resolvers)[...], exchange, overTCP: overTCP, on: loop)
      .map { answer -> [UInt8] in
        self.cache.withLock { $0.keep(answer, to: question, key, now: Int64(now)) }
        return exchange.restoringID(of: answer)
      }
      .flatMapErrorThrowing { _ in failure }
      .always { _ in self.underWay.wrappingSubtract(1, ordering: .relaxed) }
  }

  private func ordered(_ resolvers: [String]) -> [String] {
    guard resolvers.count > 1 else { return resolvers }
    let now = NIODeadline.now()
    return failures.withLock { failures in
      failures = failures.filter { now < $0.value }
      return resolvers.filter { failures[$0] == nil } + resolvers.filter { failures[$0] != nil }
    }
  }

  private func ask(
    _ servers: ArraySlice<String>, _ exchange: Exchange, overTCP: Bool, on loop: any EventLoop
  ) -> EventLoopFuture<[UInt8]> {
    guard let name = servers.first else { return loop.makeFailedFuture(ForwardingError.noAnswer) }
    let rest = servers.dropFirst()
    guard let server = try? SocketAddress(ipAddress: name, port: 53) else { return ask(rest, exchange, overTCP: overTCP, on: loop) }
    let promise = loop.makePromise(of: [UInt8].self)
    let deadline = loop.scheduleTask(in: Forwarder.patience) { promise.fail(ForwardingError.noAnswer) }
    let channel = overTCP ? connect(tcp: server, exchange, promise, loop) : connect(udp: server, exchange, promise, loop)
    channel.whenFailure { promise.fail($0) }
    promise.futureResult.whenComplete { _ in
      deadline.cancel()
      channel.whenSuccess { $0.close(promise: nil) }
    }
    return promise.futureResult
      .flatMap { answer -> EventLoopFuture<[UInt8]> in
        // One that cannot or will not answer is as none, unless there is no other (resolv.conf(5) does the same).
        guard [2, 4, 5].contains(answer[3] & 0x0F), !rest.isEmpty else { return loop.makeSucceededFuture(answer) }
        return self.ask(rest, exchange, overTCP: overTCP, on: loop).flatMapErrorThrowing { _ in answer }
      }
      .flatMapError { _ -> EventLoopFuture<[UInt8]> in
        self.failures.withLock { $0[name] = NIODeadline.now() + Forwarder.distrust }
        return self.ask(rest, exchange, overTCP: overTCP, on: loop)
      }
  }

  /// From a port of its own, so that a forger has to guess it beside the id.
  private func connect(
    udp server: SocketAddress, _ exchange: Exchange, _ promise: EventLoopPromise<[UInt8]>, _ loop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    DatagramBootstrap(group: loop)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8192))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramAnswerHandler(exchange: exchange, promise: promise))
        }
      }
      .connect(to: server)
      .map { channel in
        let envelope = AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: exchange.packet))
        channel.writeAndFlush(envelope).cascadeFailure(to: promise)
        return channel
      }
  }

  private func connect(
    tcp server: SocketAddress, _ exchange: Exchange, _ promise: EventLoopPromise<[UInt8]>, _ loop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    ClientBootstrap(group: loop)
      .connectTimeout(Forwarder.patience)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(LengthPrefixDecoder()), StreamAnswerHandler(exchange: exchange, promise: promise),
          ])
        }
      }
      .connect(to: server)
      .map { channel in
        channel.writeAndFlush(lengthPrefixed(exchange.packet)).cascadeFailure(to: promise)
        return channel
      }
  }
}

enum ForwardingError: Error { case noAnswer }

/// A question on its way to another resolver, under an id of its own.
struct Exchange: Sendable {
  let packet: [UInt8]
  private let originalID: [UInt8]
  private let section: [UInt8]

  init(_ packet: [UInt8], _ question: DNSQuestion) {
    let id = UInt16.random(in: 0...UInt16.max)
    originalID = Array(packet.prefix(2))
    section = Array(question.section)
    self.packet = [UInt8(id >> 8), UInt8(id & 0xFF)] + packet.dropFirst(2)
  }

  /// Whether a packet is the answer: same id, a response, same question.
  func isAnswered(by answer: [UInt8]) -> Bool {
    guard answer.count >= 12, answer[..<2] == packet[..<2], answer[2] & 0x80 != 0 else { return false }
    // An answer of only a code may leave the question out.
    if answer[4] == 0, answer[5] == 0 { return answer[3] & 0x0F != 0 }
    return answer.dropFirst(12).prefix(section.count).map(lowerCase) == section.map(lowerCase)
  }

  func restoringID(of answer: [UInt8]) -> [UInt8] { originalID + answer.dropFirst(2) }

  private func lowerCase(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
}

/// Takes the first datagram that is the answer; others are forgeries or late.
private final class DatagramAnswerHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  private let exchange: Exchange
  private let promise: EventLoopPromise<[UInt8]>

  init(exchange: Exchange, promise: EventLoopPromise<[UInt8]>) {
    self.exchange = exchange
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = Array(unwrapInboundIn(data).data.readableBytesView)
    if exchange.isAnswered(by: bytes) { promise.succeed(bytes) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }
  func channelInactive(context: ChannelHandlerContext) { promise.fail(ForwardingError.noAnswer) }
}

/// Takes the first message of the stream, which must be the answer.
private final class StreamAnswerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let exchange: Exchange
  private let promise: EventLoopPromise<[UInt8]>

  init(exchange: Exchange, promise: EventLoopPromise<[UInt8]>) {
    self.exchange = exchange
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = Array(unwrapInboundIn(data).readableBytesView)
    if exchange.isAnswered(by: bytes) { promise.succeed(bytes) } else { promise.fail(ForwardingError.noAnswer) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }
  func channelInactive(context: ChannelHandlerContext) { promise.fail(ForwardingError.noAnswer) }
}

import Glibc
import LinuxKit

/// One output of the container, or its terminal: read here, logged, handed to the attachers.
final class OutputSource {
  /// How much a process that outlives the container may still write, in bytes.
  private static let lastWords = 1 << 20
  let name: StaticString
  private let descriptor: SharedDescriptor
  private let loop: EventLoop
  private let log: ContainerLog?
  private var splitter = LineSplitter()
  private var attachers: [Attacher] = []
  private var token: UInt64?
  private var lastTime: Int64 = 0
  private var isPaused = false
  private var isEnding = false
  private var leftOver = lastWords
  private(set) var isFinished = false
  /// Called once, when nothing more will come.
  var onFinish: () -> Void = {}

  init(_ descriptor: SharedDescriptor, name: StaticString, log: ContainerLog?, loop: EventLoop) throws(KernelError) {
    self.descriptor = descriptor
    self.name = name
    self.log = log
    self.loop = loop
    try descriptor.descriptor.setNonBlocking()
    token = try loop.watch(descriptor.number, .read) { [weak self] _ in self?.pump(once: true) }
  }

  /// The earliest moment at which `expire` has something to do.
  var deadline: Int64? { attachers.compactMap(\.deadline).min() }

  func expire(_ now: Int64) {
    for attacher in attachers { attacher.expire(now) }
  }

  /// A reader of everything from now on, as the read end of a pipe.
  func attach() throws(KernelError) -> SharedDescriptor {
    let ends = try DescriptorPair.pipe(O_NONBLOCK).shared()
    if isFinished { return ends.first }
    let attacher = try Attacher(try ends.second.descriptor.duplicate(), loop: loop)
    attacher.onReady = { [weak self] in self?.resume() }
    attachers.append(attacher)
    return ends.first
  }

  /// The container has ended: takes what is there and then stops, whoever may still hold the other end.
  func end() {
    isEnding = true
    pump(once: false)
  }

  private func pump(once: Bool) {
    while !isFinished && !isPaused {
      let count: Int
      do throws(KernelError) {
        count = try withUnsafeTemporaryAllocation(byteCount: 32768, alignment: 16) { (buffer) throws(KernelError) in
          let count = try descriptor.descriptor.read(into: buffer)
          take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
          return count
        }
      } catch  where error.errno == EAGAIN {
        if isEnding { finish() }
        return
      } catch {
        // EIO: the terminal's last process is gone.
        return finish()
      }
      if count == 0 { return finish() }
      if isEnding {
        leftOver -= count
        if leftOver <= 0 { return finish() }
      }
      if once { return }
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    if bytes.isEmpty { return }
    if let log {
      splitter.feed(bytes, at: time()) { log.append($0, endsLine: $1, stream: name, time: $2) }
      log.flush()
    }
    for attacher in attachers { attacher.write(bytes) }
    if !attachers.isEmpty { attachers.removeAll { $0.isGone } }
    if mustWait { pause() }
  }

  /// Whether somebody has to take something first.
  private var mustWait: Bool { attachers.contains(where: \.isFull) || log?.isFull == true }

  /// Of a line: a clock that is set back makes no line older than the one before it.
  private func time() -> Int64 {
    lastTime = max(lastTime, WallClock.nanoseconds())
    return lastTime
  }

  private func pause() {
    isPaused = true
    if let token { loop.forget(token, descriptor.number) }
    token = nil
  }

  /// Goes on when nobody holds it up any more.
  func resume() {
    attachers.removeAll { $0.isGone }
    if isFinished || !isPaused || mustWait { return }
    isPaused = false
    do throws(KernelError) {
      token = try loop.watch(descriptor.number, .read) { [weak self] _ in self?.pump(once: true) }
    } catch {
      return finish()
    }
    if isEnding { pump(once: false) }
  }

  private func finish() {
    if isFinished { return }
    isFinished = true
    if let token { loop.forget(token, descriptor.number) }
    token = nil
    if let log {
      splitter.finish(at: time()) { log.append($0, endsLine: $1, stream: name, time: $2) }
      log.flush()
    }
    attachers = []
    onFinish()
  }
}

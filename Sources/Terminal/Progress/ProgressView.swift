public import Backend
import Synchronization

/// Shows how a plan is carried out, in Compose's words: redrawn lines on a terminal, plain lines on a pipe.
///
/// ```swift
/// let view = ProgressView(mode: .auto, isTerminal: isatty(2) == 1, style: style, title: "up", size: { … }, now: { … }) { write(2, $0) }
/// async let spinner: Void = view.animate()
/// let report = try await backend.carryOut(request, onEvent: view.show)
/// view.finish()
/// ```
public final class ProgressView: Sendable {
  private let state: Mutex<any ProgressDrawing>
  private let now: @Sendable () -> Int64
  private let sink: TextSink

  /// `title`: the verb in the headline, `[+] up 2/3`. `now`: nanoseconds since 1970, as the events' clock.
  public init(
    mode: ProgressMode, isTerminal: Bool, style: Style, title: String, size: @escaping @Sendable () -> TerminalSize,
    now: @escaping @Sendable () -> Int64, sink: @escaping TextSink
  ) {
    let drawing: any ProgressDrawing =
      switch mode {
      case .tty: TerminalProgress(title: title, style: style, size: size)
      case .auto where isTerminal: TerminalProgress(title: title, style: style, size: size)
      case .auto, .plain: PlainProgress(isTerminal: isTerminal)
      case .quiet: QuietProgress()
      case .json: JSONProgress()
      }
    state = Mutex(drawing)
    self.now = now
    self.sink = sink
  }

  /// Takes notice of an event.
  public func show(_ event: Event) {
    state.withLock { drawing in
      let now = now()
      write(event.spelledOut.map { drawing.show($0, now: now) }.joined())
    }
  }

  /// Keeps spinner and times going until the task is cancelled or `finish` is called.
  public func animate() async {
    while !Task.isCancelled {
      let isLive = state.withLock { drawing in
        write(drawing.tick(now: now()))
        return drawing.isLive
      }
      guard isLive else { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Draws the last state and leaves the cursor below it. Events that come later are ignored.
  public func finish() {
    state.withLock { write($0.finish(now: now())) }
  }

  private func write(_ text: String) {
    if !text.isEmpty { sink(text) }
  }
}

/// A way of showing progress: a state machine that answers with the text to write.
protocol ProgressDrawing: Sendable {
  mutating func show(_ event: Event, now: Int64) -> String
  mutating func tick(now: Int64) -> String
  mutating func finish(now: Int64) -> String
  /// Something moves by itself as time goes on.
  var isLive: Bool { get }
}

extension ProgressDrawing {
  mutating func tick(now: Int64) -> String { "" }
  mutating func finish(now: Int64) -> String { "" }
  var isLive: Bool { false }
}

/// `--progress quiet`.
struct QuietProgress: ProgressDrawing {
  mutating func show(_ event: Event, now: Int64) -> String { "" }
}

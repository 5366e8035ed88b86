public import Backend
import Diagnostics
public import StackModel
import Synchronization

/// Writes containers' lines as `docker compose logs`: each after its container's name in a colour of its own, names aligned.
///
/// ```
/// db-1         | ready for connections
/// wordpress-1  | 127.0.0.1 - - "GET / HTTP/1.1" 200
/// ```
public final class LogPrinter: Sendable {
  /// What the user chose.
  public struct Options: Sendable {
    /// False: `--no-log-prefix`.
    public var hasPrefix = true
    /// `--timestamps`.
    public var hasTimestamps = false
    /// `--details`: the line's attributes stand before it.
    public var hasDetails = false
    public init() {}
  }

  private struct State {
    var width: Int
    var colours: [String: Style.Colour] = [:]
    /// What stands before each container's lines at this width.
    var prefixes: [String: String] = [:]
    /// The container whose last part did not end its line.
    var open: (container: String, stream: LogLine.Stream)?
  }

  private let project: ProjectName
  private let style: Style
  private let options: Options
  private let isTerminal: Bool
  private let isErrorTerminal: Bool
  private let output: TextSink
  private let errors: TextSink
  private let state: Mutex<State>

  /// `containers`: names known beforehand, for the width; others may come. `isTerminal`: `output` is one, so that control characters are made harmless;
  /// a pipe gets what the container wrote. `errors` gets what containers write to their standard error; `isErrorTerminal`: nil is as `isTerminal`.
  public init(
    project: ProjectName, containers: [String] = [], style: Style, options: Options = Options(), isTerminal: Bool,
    isErrorTerminal: Bool? = nil, output: @escaping TextSink, errors: @escaping TextSink
  ) {
    self.project = project
    self.style = style
    self.options = options
    self.isTerminal = isTerminal
    self.isErrorTerminal = isErrorTerminal ?? isTerminal
    self.output = output
    self.errors = errors
    var state = State(width: containers.map { Self.shortName($0, project).count }.max() ?? 0)
    for name in containers { Self.chooseColour(of: name, &state) }
    self.state = Mutex(state)
  }

  /// Writes a line, or a part of one.
  public func show(_ line: LogLine) { show(CollectionOfOne(line)) }

  /// Writes lines, or parts of them, at once.
  public func show(_ lines: some Sequence<LogLine>) {
    state.withLock { state in
      var text = ""
      var stream = LogLine.Stream.stdout
      for line in lines {
        if line.stream != stream {
          write(&text, stream)
          stream = line.stream
        }
        if state.open.map({ $0.container != line.container || $0.stream != line.stream }) ?? true {
          if state.open?.stream == stream {
            text += "\n"
            state.open = nil
          } else {
            closeLine(&state)
          }
          text += prefix(line.container, &state)
          if options.hasTimestamps { text += Timestamp.text(line.at) + " " }
          if options.hasDetails { text += details(line) + " " }
        }
        let isShown = line.stream == .stdout ? isTerminal : isErrorTerminal
        text += isShown ? harmless(line.text) : line.text
        state.open = line.text.utf8.last == UInt8(ascii: "\n") ? nil : (line.container, line.stream)
      }
      write(&text, stream)
    }
  }

  /// `app=shop,tag=a%2Fb`, as Docker shows them; none is an empty text.
  private func details(_ line: LogLine) -> String {
    (line.attributes ?? [:]).sorted { $0.key < $1.key }.map { "\(queryEscaped($0.key))=\(queryEscaped($0.value))" }.joined(separator: ",")
  }

  private func write(_ text: inout String, _ stream: LogLine.Stream) {
    if !text.isEmpty { (stream == .stdout ? output : errors)(text) }
    text = ""
  }

  /// Writes what happened to a container among the lines: `web-1 exited with code 0`.
  public func tell(_ container: String, _ text: String) {
    state.withLock { state in
      closeLine(&state)
      output(
        style.paint("\(visible(Self.shortName(container, project))) \(visible(text))", Self.chooseColour(of: container, &state)) + "\n")
    }
  }

  /// Ends a line that was left open.
  public func finish() { state.withLock { closeLine(&$0) } }

  private func closeLine(_ state: inout State) {
    guard let open = state.open else { return }
    (open.stream == .stdout ? output : errors)("\n")
    state.open = nil
  }

  private func prefix(_ container: String, _ state: inout State) -> String {
    guard options.hasPrefix else { return "" }
    if let known = state.prefixes[container] { return known }
    let name = visible(Self.shortName(container, project))
    if name.count > state.width {
      state.width = name.count
      state.prefixes = [:]
    }
    let prefix = style.paint(name.padded(to: state.width) + "  | ", Self.chooseColour(of: container, &state))
    state.prefixes[container] = prefix
    return prefix
  }

  @discardableResult
  private static func chooseColour(of container: String, _ state: inout State) -> Style.Colour {
    if let known = state.colours[container] { return known }
    let colour = palette[state.colours.count % palette.count]
    state.colours[container] = colour
    return colour
  }

  /// `web-1` for `shop-web-1`; a `container_name` as it is.
  private static func shortName(_ container: String, _ project: ProjectName) -> String {
    let prefix = project.rawValue + "-"
    return container.hasPrefix(prefix) && container.count > prefix.count ? String(container.dropFirst(prefix.count)) : container
  }

  private static let palette: [Style.Colour] = [
    .cyan, .yellow, .green, .magenta, .blue, .brightCyan, .brightYellow, .brightGreen, .brightMagenta, .brightBlue,
  ]
}

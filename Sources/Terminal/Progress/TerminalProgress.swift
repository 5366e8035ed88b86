import Backend
import Diagnostics

/// Lines that are redrawn in place, as `docker compose` does on a terminal. Never higher than the terminal: when there are too many, what is
/// done gives way to what is going on.
///
/// ```
/// [+] up 2/3
///  ✔ Network shop_default  Created                                         0.1s
///  ⠋ Container shop-db-1   Starting                                        0.4s
/// ```
struct TerminalProgress: ProgressDrawing {
  let title: String
  let style: Style
  let size: @Sendable () -> TerminalSize

  private var tasks: [ProgressTask] = []
  private var places: [String: Int] = [:]
  private var drawnRows = 0
  private var drawnAt: Int64 = .min
  private var frame = 0
  private var isCursorHidden = false
  private var isFinished = false

  init(title: String, style: Style, size: @escaping @Sendable () -> TerminalSize) {
    self.title = title
    self.style = style
    self.size = size
  }

  var isLive: Bool { !isFinished }

  mutating func show(_ event: Event, now: Int64) -> String {
    guard !isFinished else { return "" }
    switch event.kind {
    case .progress(let progress): note(progress, at: now)
    case .output(let subject, let line): note(output: line, of: subject, at: now)
    case .warning(let text):
      let warning = style.paint("!", .yellow) + " " + visible(text) + "\n"
      return erase() + warning + draw(now: now)
    case .container, .job, .thing, .unchanged: return ""
    }
    // Many events come at once; the eye needs no more than thirty pictures a second.
    return drawnAt == .min || now - drawnAt >= 33_000_000 ? erase() + draw(now: now) : ""
  }

  mutating func tick(now: Int64) -> String {
    guard !isFinished, !tasks.isEmpty else { return "" }
    frame += 1
    return erase() + draw(now: now)
  }

  mutating func finish(now: Int64) -> String {
    guard !isFinished else { return "" }
    isFinished = true
    guard !tasks.isEmpty else { return "" }
    let columns = size().columns
    let lines = [headline] + tasks.flatMap { [line(of: $0, now: now, columns: columns)] + failureOutput(of: $0) }
    return erase() + lines.joined(separator: "\n") + "\n" + (isCursorHidden ? Self.showCursor : "")
  }

  /// The row of a subject. A part comes below what it is a part of; two images may have the same layer.
  private mutating func place(of subject: String, in parent: String? = nil, at now: Int64) -> Int {
    let key = parent.map { "\($0)\u{0}\(subject)" } ?? subject
    if let place = places[key] { return place }
    var task = ProgressTask(subject: visible(subject), startedAt: now)
    task.key = key
    task.parent = parent
    var place = tasks.count
    if let parent, let above = places[parent] {
      place = above + 1
      while place < tasks.count, tasks[place].parent == parent { place += 1 }
    }
    tasks.insert(task, at: place)
    for index in place..<tasks.count { places[tasks[index].key] = index }
    return place
  }

  private mutating func note(_ progress: Event.Progress, at now: Int64) {
    let place = place(of: progress.subject, in: progress.parent, at: now)
    tasks[place].status = visible(progress.status)
    tasks[place].detail = progress.detail.map(visible)
    tasks[place].phase = progress.phase
    tasks[place].parent = progress.parent
    tasks[place].share = progress.bytes.flatMap { bytes in progress.total.map { (bytes, $0) } }
    tasks[place].endedAt = progress.phase == .working ? nil : now
  }

  private mutating func note(output line: String, of subject: String, at now: Int64) {
    let place = place(of: subject, at: now)
    let line = line.last == "\n" ? String(line.dropLast()) : line
    tasks[place].output.append(harmless(line))
    if tasks[place].output.count > Self.keptOutput { tasks[place].output.removeFirst() }
  }

  /// Back to the first row that was drawn, and everything below it gone.
  private mutating func erase() -> String {
    defer { drawnRows = 0 }
    return drawnRows == 0 ? "" : "\u{1B}[\(drawnRows)A\r\u{1B}[J"
  }

  private mutating func draw(now: Int64) -> String {
    drawnAt = now
    guard !tasks.isEmpty else { return "" }
    let size = size()
    let lines = [headline] + body(now: now, columns: size.columns, rows: max(1, size.rows - 2))
    drawnRows = lines.count
    let hide = isCursorHidden ? "" : Self.hideCursor
    isCursorHidden = true
    return hide + lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let done = tasks.lazy.filter { $0.phase != .working && $0.parent == nil }.count
    let count = tasks.lazy.filter { $0.parent == nil }.count
    let text = "[+] \(title) \(done)/\(count)"
    return style.paint(text, done == count ? .green : .blue)
  }

  private func body(now: Int64, columns: Int, rows: Int) -> [String] {
    var lines: [(task: Int, text: String)] = []
    for (index, task) in tasks.enumerated() {
      lines.append((index, line(of: task, now: now, columns: columns)))
      guard task.phase == .working else { continue }
      for output in task.output.suffix(Self.shownOutput) {
        lines.append((index, style.paint("   " + output.truncated(to: max(1, columns - 4)), .faint)))
      }
    }
    guard lines.count > rows else { return lines.map(\.text) }
    let busy = lines.filter { tasks[$0.task].phase != .done }
    let shown =
      busy.count >= rows
      ? Array(busy.prefix(rows - 1)) : Array(lines.filter { tasks[$0.task].phase == .done }.suffix(rows - 1 - busy.count) + busy)
    let hidden = tasks.count - Set(shown.map(\.task)).count
    return shown.sorted { $0.task < $1.task }.map(\.text) + [style.paint(" … and \(hidden) more", .faint)]
  }

  private func line(of task: ProgressTask, now: Int64, columns: Int) -> String {
    // A narrow terminal has no room for times; a line that wraps could not be redrawn.
    let elapsed = columns < 50 ? "" : " " + tenths((task.endedAt ?? now) - task.startedAt)
    let width = min(tasks.lazy.map { $0.subject.count + ($0.parent == nil ? 0 : 2) }.max() ?? 0, max(1, columns / 2))
    let subject = ((task.parent == nil ? "" : "  ") + task.subject).truncated(to: width).padded(to: width)
    let room = max(0, columns - 1 - 3 - width - 2 - elapsed.count)
    let detail = task.detail.map { "  \($0)" } ?? task.share.map { "  " + bar($0) } ?? ""
    let words = (task.status + detail).truncated(to: room)
    let gap = elapsed.isEmpty ? "" : String(repeating: " ", count: room - words.count)
    return " \(mark(of: task)) \(subject)  \(style.paint(words, task.colour))\(gap)\(style.paint(elapsed, .blue))"
  }

  /// `[=====>    ] 12.4MB/31.4MB`, as Docker draws it.
  private func bar(_ share: (bytes: Int64, total: Int64)) -> String {
    let width = 20
    let filled = share.total > 0 ? Int(min(share.bytes, share.total) * Int64(width) / share.total) : width
    let line = filled >= width ? String(repeating: "=", count: width) : String(repeating: "=", count: filled) + ">"
    return "[" + line.padded(to: width) + "] " + humanSize(share.bytes) + "/" + humanSize(share.total)
  }

  private func mark(of task: ProgressTask) -> String {
    switch task.phase {
    case .working: style.paint(Self.spinner[frame % Self.spinner.count], .yellow)
    case .done: style.paint("✔", .green)
    case .failed: style.paint("✘", .red)
    case .skipped: style.paint("-", .yellow)
    }
  }

  /// What a failed step said last, under its line.
  private func failureOutput(of task: ProgressTask) -> [String] {
    task.phase == .failed ? task.output.map { "   " + $0 } : []
  }

  private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
  private static let shownOutput = 5
  private static let keptOutput = 40
  private static let hideCursor = "\u{1B}[?25l"
  private static let showCursor = "\u{1B}[?25h"
}

/// One thing that is being worked on.
struct ProgressTask {
  var subject: String
  var status = ""
  var detail: String?
  var phase = Event.Progress.Phase.working
  var startedAt: Int64
  var endedAt: Int64?
  /// The last lines of a build or a pull.
  var output: [String] = []
  /// Among ``TerminalProgress``'s places.
  var key: String
  /// What it is a part of.
  var parent: String?
  /// Bytes that are there, of how many.
  var share: (bytes: Int64, total: Int64)?

  init(subject: String, startedAt: Int64) {
    self.subject = subject
    key = subject
    self.startedAt = startedAt
  }

  var colour: Style.Colour {
    switch phase {
    case .working: .cyan
    case .done: .green
    case .failed: .red
    case .skipped: .yellow
    }
  }
}

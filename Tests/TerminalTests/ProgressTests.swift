import Backend
import StackModel
import Synchronization
import Terminal
import Testing

@Suite struct ProgressTests {
  private let second: Int64 = 1_000_000_000

  private func progress(_ subject: String, _ status: String, _ phase: Event.Progress.Phase = .working, _ detail: String? = nil)
    -> Event.Kind
  {
    .progress(Event.Progress(subject: subject, status: status, phase: phase, detail: detail))
  }

  /// What a view writes for events that come one each half second.
  private func written(
    _ mode: ProgressMode, _ events: [Event.Kind], isTerminal: Bool = false, style: Style = .plain,
    size: TerminalSize = TerminalSize(rows: 24, columns: 60),
    finishes: Bool = true
  ) -> String {
    let out = Written()
    let clock = Mutex<Int64>(0)
    let view = ProgressView(
      mode: mode, isTerminal: isTerminal, style: style, title: "up", size: { size }, now: { clock.withLock { $0 } }, sink: out.sink)
    for (index, kind) in events.enumerated() {
      clock.withLock { $0 = Int64(index) * second / 2 }
      view.show(Event(sequence: UInt64(index), at: 0, project: "shop", kind: kind))
    }
    if finishes { view.finish() }
    return out.text
  }

  private var wordpress: [Event.Kind] {
    [
      progress("Network shop_default", "Creating"), progress("Network shop_default", "Created", .done),
      progress("Container shop-db-1", "Starting"), progress("Container shop-db-1", "Started", .done),
      progress("Container shop-db-1", "Waiting"), progress("Container shop-web-1", "Created", .done),
    ]
  }

  @Test func plainIsOneLineAnEvent() {
    let events =
      wordpress + [
        .output(subject: "Image shop-web", line: "Step 1/2 : FROM debian"), .warning("volume shop_data is kept"),
        progress("Container shop-db-1", "Error", .failed, "exited (1)"),
      ]
    #expect(
      written(.auto, events) == """
         Network shop_default  Creating
         Network shop_default  Created
         Container shop-db-1  Starting
         Container shop-db-1  Started
         Container shop-db-1  Waiting
         Container shop-web-1  Created
         Image shop-web  | Step 1/2 : FROM debian
        warning: volume shop_data is kept
         Container shop-db-1  Error  exited (1)

        """)
  }

  @Test func terminalRedrawsInPlace() {
    let screen = Screen(written(.auto, wordpress, isTerminal: true, finishes: false))
    #expect(
      screen.text == """
        [+] up 2/3
         ✔ Network shop_default  Created                       0.5s
         ⠋ Container shop-db-1   Waiting                       1.5s
         ✔ Container shop-web-1  Created                       0.0s

        """)
    #expect(screen.complaints.isEmpty)
    #expect(!screen.isCursorVisible)
  }

  @Test func terminalEndsWithAllAndTheCursor() {
    let events = wordpress + [progress("Container shop-db-1", "Healthy", .done)]
    let screen = Screen(written(.tty, events))
    #expect(
      screen.text == """
        [+] up 3/3
         ✔ Network shop_default  Created                       0.5s
         ✔ Container shop-db-1   Healthy                       2.0s
         ✔ Container shop-web-1  Created                       0.0s

        """)
    #expect(screen.isCursorVisible)
  }

  @Test func terminalShowsFailuresAndWhatABuildSaidLast() {
    let events = [
      progress("Image shop-web", "Building"), .output(subject: "Image shop-web", line: "\u{1B}[31mE:\u{1B}[0m no such package\n"),
      progress("Image shop-web", "Error", .failed, "RUN apt-get exited with 100"), .warning("one thing"),
    ]
    let screen = Screen(written(.tty, events))
    #expect(
      screen.text == """
        ! one thing
        [+] up 1/1
         ✘ Image shop-web  Error  RUN apt-get exited with 100  1.0s
           E: no such package

        """)
  }

  @Test func terminalIsNeverHigherThanItsRows() {
    var events: [Event.Kind] = []
    for index in 0..<40 { events.append(progress("Container shop-a-\(index)", "Starting")) }
    for index in 0..<35 { events.append(progress("Container shop-a-\(index)", "Started", .done)) }
    let live = Screen(written(.tty, events, size: TerminalSize(rows: 10, columns: 60), finishes: false))
    #expect(live.highestJump < 10)
    #expect(live.lines.count <= 10)
    #expect(live.text.contains("shop-a-39 "))
    #expect(live.text.contains("… and "))
    let done = Screen(written(.tty, events, size: TerminalSize(rows: 10, columns: 60)))
    #expect(done.lines.count == 42)
  }

  @Test(arguments: [20, 40, 49, 50, 80, 200])
  func terminalLinesNeverWrap(columns: Int) {
    let long = progress("Container shop-with-a-very-long-name-indeed-1", "Error", .failed, String(repeating: "because ", count: 30))
    let screen = Screen(written(.tty, wordpress + [long], size: TerminalSize(rows: 24, columns: columns)))
    #expect(screen.lines.allSatisfy { $0.count < columns })
  }

  @Test func terminalIsColouredOnlyWhenAsked() {
    #expect(!written(.tty, wordpress).contains("m✔"))
    #expect(written(.tty, wordpress, style: Style(hasColour: true)).contains("\u{1B}[32m✔\u{1B}[0m"))
  }

  @Test func subjectsCannotDriveTheTerminal() {
    let evil = progress("Container \u{1B}]52;c;ZXZpbA==\u{07}", "Starting")
    for mode in [ProgressMode.tty, .plain] { #expect(!written(mode, [evil]).contains("\u{1B}]")) }
  }

  @Test func nothingIsWrittenWithoutEvents() {
    for mode in ProgressMode.allCases { #expect(written(mode, [], isTerminal: true) == "") }
  }

  @Test func quietIsSilent() {
    #expect(written(.quiet, wordpress, isTerminal: true) == "")
  }

  @Test func jsonIsOneObjectALine() {
    #expect(
      written(.json, [progress("Container a", "Starting"), progress("Container a", "Error", .failed, "say \"why\""), .warning("w")]) == """
        {"id":"Container a","status":"Working","text":"Starting"}
        {"details":"say \\"why\\"","id":"Container a","status":"Error","text":"Error"}
        {"status":"Warning","text":"w"}

        """)
  }

  @Test func animationEndsWithTheView() async {
    let out = Written()
    let view = ProgressView(mode: .tty, isTerminal: true, style: .plain, title: "up", size: { .standard }, now: { 0 }, sink: out.sink)
    view.show(Event(sequence: 0, at: 0, project: nil, kind: progress("Container a", "Starting")))
    view.finish()
    await view.animate()
    #expect(Screen(out.text).isCursorVisible)
  }
}

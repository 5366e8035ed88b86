import ArgumentParser
import Foundation
import Testing

@testable import muster

@Suite struct ManualTests {
  private func pages() throws -> [String: String] {
    Dictionary(
      ManualPage.all(of: try CommandDescription.all(), version: "1.2-3").map { ($0.name, $0.text) }, uniquingKeysWith: { _, _ in "twice" })
  }

  /// Every command that a help page lists, by the name of its page.
  private static func shown(_ command: any ParsableCommand.Type, _ before: String = "") -> [String: any ParsableCommand.Type] {
    let name = before.isEmpty ? command._commandName : "\(before)-\(command._commandName)"
    return command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .reduce(into: [name: command]) { found, inner in found.merge(shown(inner, name)) { $1 } }
  }

  @Test func everyVerbHasAPageAndNothingElseHas() throws {
    let pages = try pages()
    #expect(Set(pages.keys) == Set(Self.shown(Muster.self).keys))
    #expect(pages.keys.contains("muster") && pages.keys.contains("muster-up") && pages.keys.contains("muster-system-events"))
    #expect(!pages.keys.contains("muster-man") && !pages.values.contains("twice"))
  }

  @Test func everyOptionOfTheHelpIsInThePage() throws {
    let pages = try pages()
    for (name, command) in Self.shown(Muster.self) {
      let page = try #require(pages[name])
      for option in CompletedLine.options(in: Muster.helpMessage(for: command)) {
        #expect(page.contains(option.replacingOccurrences(of: "-", with: "\\-")), "\(name): \(option)")
      }
    }
  }

  @Test func everyPageHasItsSectionsInOrder() throws {
    for (name, page) in try pages() {
      let sections = page.split(separator: "\n").filter { $0.hasPrefix(".SH ") }.map { $0.dropFirst(4) }
      let expected = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"]
      #expect(sections.map(String.init) == expected.filter { sections.contains($0[...]) }, "\(name)")
      #expect(
        Set(["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"]).isSubset(of: sections.map(String.init)), "\(name)")
      #expect(page.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) }, "\(name)")
      // A line that begins with a point is a request of ours.
      let requests: Set = [".\\\"", ".TH", ".SH", ".TP", ".PP", ".EX", ".EE"]
      for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(requests.contains(String(line.prefix { $0 != " " })), "\(name): \(line)")
      }
    }
  }

  @Test(arguments: [
    ("plain text", "plain text"), (".TH evil", "\\&.TH evil"), ("'so /etc/passwd", "\\(aqso /etc/passwd"), ("\\fBx", "\\efBx"),
    ("--no-deps", "\\-\\-no\\-deps"), ("a.b", "a.b"), ("\"${HOME}\" ~ ^ `x`", "\\(dq${HOME}\\(dq \\(ti \\(ha \\(gax\\(ga"),
    ("é…😀", "\\[u00E9]\\[u2026]\\[u1F600]"), ("two\n.lines\tof", "two .lines of"), ("\u{1B}[2J\u{7F}", "[2J"), ("\u{1B}.TH", "\\&.TH"),
    ("", ""),
  ]) func textIsNoRequest(_ text: String, _ roff: String) { #expect(Roff.text(text) == roff) }

  @Test func aPageToTheLetter() throws {
    let json = #"""
      {"commandName": "muster", "abstract": "Root.", "subcommands": [
        {"commandName": "show", "abstract": "Show what is. In full.", "aliases": ["see"],
         "discussion": "All of it,\nin order:\n  -a  first\n.TH no request\nExample: muster show -n 5 'web'\nfish: muster show >~/x",
         "arguments": [
          {"kind": "option", "names": [{"kind": "long", "name": "tail"}, {"kind": "short", "name": "n"}], "valueName": "lines",
           "defaultValue": "all", "isOptional": true, "isRepeating": false, "shouldDisplay": true, "abstract": "The last lines."},
          {"kind": "option", "names": [{"kind": "long", "name": "env"}], "valueName": "name=value", "isOptional": true, "isRepeating": true,
           "shouldDisplay": true, "abstract": "A variable."},
          {"kind": "flag", "names": [{"kind": "long", "name": "pause"}], "valueName": "pause", "defaultValue": "--pause", "isOptional": true,
           "isRepeating": false, "shouldDisplay": true, "abstract": "Stand still."},
          {"kind": "flag", "names": [{"kind": "long", "name": "no-pause"}], "valueName": "no-pause", "isOptional": true, "isRepeating": false,
           "shouldDisplay": true, "abstract": "Stand still."},
          {"kind": "flag", "names": [{"kind": "long", "name": "secret"}], "valueName": "secret", "isOptional": true, "isRepeating": false,
           "shouldDisplay": false, "abstract": "Hidden."},
          {"kind": "positional", "valueName": "service", "isOptional": false, "isRepeating": false, "shouldDisplay": true, "abstract": "One."},
          {"kind": "positional", "valueName": "more", "isOptional": true, "isRepeating": true, "shouldDisplay": true}]},
        {"commandName": "hidden", "shouldDisplay": false}, {"commandName": "help", "abstract": "Help."}]}
      """#
    let pages = ManualPage.all(of: try JSONDecoder().decode(CommandDescription.self, from: Data(json.utf8)), version: "0.1-x")
    #expect(pages.map(\.name) == ["muster", "muster-show"])
    #expect(
      pages.last?.text == #"""
        .\" Made from the program's declarations: what is changed here is lost.
        .TH MUSTER\-SHOW 1 "" "Muster 0.1\-x" "Muster"
        .SH NAME
        muster\-show \- show what is. In full.
        .SH SYNOPSIS
        \fBmuster\fR [\fIglobal options\fR] \fBshow\fR [\fIoptions\fR] \fIservice\fR [\fImore\fR ...]
        .SH DESCRIPTION
        Show what is. In full.
        .PP
        All of it,
        in order:
        .EX
          \-a  first
        .EE
        \&.TH no request
        .PP
        It is also called \fBsee\fR.
        .SH OPTIONS
        .TP
        \fB\-n\fR, \fB\-\-tail\fR \fIlines\fR
        The last lines. Default: all.
        .TP
        \fB\-\-env\fR \fIname=value\fR
        A variable. It may be given several times.
        .TP
        \fB\-\-pause\fR, \fB\-\-no\-pause\fR
        Stand still. Default: \-\-pause.
        .TP
        \fIservice\fR
        One.
        .TP
        \fImore\fR ...
        .PP
        Options of \fBmuster\fR(1), which stand before the subcommand, hold for it too.
        .SH EXAMPLES
        .PP
        .EX
        muster show \-n 5 \(aqweb\(aq
        .EE
        .PP
        fish:
        .EX
        muster show >\(ti/x
        .EE
        .SH EXIT STATUS
        .TP
        \fB0\fR
        Everything was done.
        .TP
        \fB1\fR
        Something failed, or the command line is wrong; standard error says what.
        .TP
        \fB130\fR
        It was interrupted.
        .SH SEE ALSO
        \fBmuster\fR(1)

        """#)
    #expect(pages.first?.text.contains(".SH COMMANDS\n.TP\n\\fBmuster\\-show\\fR(1)\nShow what is. In full.\n.SH OPTIONS\n") == true)
  }
}

import StackModel
import Testing

@testable import StackLoader

/// `logging`: what is read, and what is said about each option that is wrong.
@Suite struct LoggingTests {
  /// A driver, an option with its value, and what is said about it.
  struct Row: Sendable, CustomTestStringConvertible {
    var driver: String
    var option: String
    var value: String
    var said: String
    init(_ driver: String, _ option: String, _ value: String, _ said: String) {
      (self.driver, self.option, self.value, self.said) = (driver, option, value, said)
    }
    var testDescription: String { "\(driver) \(option): \(value)" }
  }

  private static let unknown = "is an unknown log opt for the"

  static let rows: [Row] = [
    Row("json-file", "syslog-address", "udp://a", "error MU0302 \(unknown) json-file log driver"),
    Row("json-file", "max_size", "1m", "error MU0302 \(unknown) json-file log driver"),
    Row("local", "labels", "a", "error MU0302 \(unknown) local log driver"),
    Row("local", "tag", "a", "error MU0302 \(unknown) local log driver"),
    Row("syslog", "max-size", "1m", "error MU0302 \(unknown) syslog log driver"),
    Row("journald", "compress", "'true'", "error MU0302 \(unknown) journald log driver"),
    Row("journald", "syslog-facility", "daemon", "error MU0302 \(unknown) journald log driver"),
    Row("none", "max-size", "1m", "warning MU0303 has no effect: nothing is kept"),
    Row("json-file", "max-size", "much", "error MU0305 is not a size"),
    Row("json-file", "max-size", "\"0\"", "error MU0305 is not a size"),
    Row("json-file", "max-file", "0", "error MU0305 must be between 1 and 10000"),
    Row("json-file", "max-file", "99999999999999999999", "error MU0305 must be between 1 and 10000"),
    Row("json-file", "compress", "maybe", "error MU0305 is neither true nor false"),
    Row("json-file", "compress", "'true', max-file: 1", "error MU0305 needs files that are rotated, and there is one alone"),
    Row("json-file", "labels-regex", "'('", "error MU0305 is not a regular expression"),
    Row(
      "json-file", "env-regex", "'\(String(repeating: "[", count: 20_000))a\(String(repeating: "]", count: 20_000))'",
      "error MU0305 is not a regular expression"),
    Row("json-file", "tag", "'{{.Nonsense}}'", "error MU0305 has {{.Nonsense}}, which is not known"),
    Row("json-file", "tag", "'{{.ID'", "error MU0305 has {{ without }}"),
    Row("json-file", "mode", "sometimes", "error MU0305 is not known"),
    Row(
      "json-file", "mode", "non-blocking",
      "warning MU0303 non-blocking has no effect: the container waits while its lines are written to the disk"),
    Row("json-file", "max-buffer-size", "4m", "error MU0305 is for the mode non-blocking alone"),
    Row("syslog", "max-buffer-size", "much, mode: non-blocking", "error MU0305 is not a size"),
    Row("syslog", "syslog-address", "localhost", "error MU0305 is not in the form proto://address"),
    Row("syslog", "syslog-address", "'gopher://x'", "error MU0305 has the unknown protocol \"gopher\""),
    Row("syslog", "syslog-address", "'unix://relative'", "error MU0305 has no absolute path"),
    Row("syslog", "syslog-address", "'udp://host:0'", "error MU0305 has no port but \"0\""),
    Row("syslog", "syslog-address", "'udp://::1'", "error MU0305 has an IPv6 address without [ and ]"),
    Row("syslog", "syslog-address", "'tcp+tls://host:6514'", "error MU0302 asks for TLS, which is not supported yet by this version"),
    Row("syslog", "syslog-tls-cert", "/c", "error MU0302 is not supported yet by this version"),
    Row("syslog", "syslog-facility", "everything", "error MU0305 is no facility of syslog"),
    Row("syslog", "syslog-facility", "24", "error MU0305 is no facility of syslog"),
    Row("syslog", "syslog-format", "rfc9999", "error MU0305 is not known"),
    Row("syslog", "cache-disabled", "perhaps", "error MU0305 is neither true nor false"),
  ]

  @Test(arguments: rows) func saysWhatIsWrong(_ row: Row) throws {
    let text = "logging: {driver: \(row.driver), options: {\(row.option): \(row.value)}}"
    let said = service(text).lines
    #expect(said.count == 1, "\(said)")
    let line = try #require(said.first)
    let (kind, message) = (row.said.prefix { $0 != " " }, row.said.drop { $0 != " " }.dropFirst())
    let code = message.prefix { $0 != " " }
    let column = 5 + "logging: {driver: \(row.driver), options: {".count
    let begin =
      "compose.yaml:4:\(column): \(kind) \(code): service \"web\", logging: the option \"\(row.option)\" \(message.dropFirst(code.count + 1)) | "
    #expect(line.hasPrefix(begin), "\(line)")
  }

  @Test(arguments: [
    "json-file, options: {max-size: 10m, max-file: 3, compress: 'true', labels: 'a,b', labels-regex: '^x', env: E, env-regex: '^(os|c)', tag: '{{.Name}}/{{ .ID }}'}",
    "local, options: {max-size: 10m, max-file: 3, compress: 'false'}", "local",
    "syslog, options: {syslog-address: 'tcp://[::1]:5514', syslog-facility: local7, syslog-format: rfc5424micro, tag: '{{.ImageName}}'}",
    "syslog, options: {syslog-address: 'unixgram:///dev/log', mode: non-blocking, max-buffer-size: 4m, cache-max-file: 2}",
    "syslog, options: {syslog-address: 'udp://logs', syslog-facility: '16', tag: '{{(.ExtraAttributes nil).TEAM}}', env: TEAM}",
    "journald, options: {labels: a, tag: x, cache-disabled: 'true'}", "none", "json-file, options: {mode: blocking, max-size: -1}",
  ]) func saysNothingAboutWhatIsRight(_ text: String) throws {
    let found = service("logging: {driver: \(text)}")
    #expect(found.lines == [])
    #expect(found.service?.requests?.logging == nil)
  }

  @Test func readsSizesOfTheCopyBesideADaemon() throws {
    let found = try #require(service("logging: {driver: journald, options: {cache-max-size: 1k, cache-max-file: '2'}}").service)
    let logging = found.options.logging
    #expect(logging.maxSize == 1024 && logging.maxFiles == 2 && logging.keepsFile && logging.packsFiles)
  }

  /// As Docker writes it; without the option there is one.
  @Test func minusOneIsNoLimit() throws {
    let found = try #require(service("logging: {options: {max-size: '-1'}}").service)
    #expect(found.options.logging.maxSize == 0)
    #expect(try #require(service("logging: {options: {tag: x}}").service).options.logging.maxSize == 20_971_520)
  }

  @Test(arguments: [
    ("json-file", "", false), ("json-file", "compress: 'true'", true), ("json-file", "compress: 'true', max-file: 2", true),
    ("local", "", true),
    ("local", "compress: 'false'", false), ("local", "max-file: 1", false), ("syslog", "", true),
    ("syslog", "cache-compress: 'false'", false),
    ("syslog", "cache-disabled: '1'", false),
  ]) func packs(_ driver: String, _ options: String, _ isPacked: Bool) throws {
    let found = try #require(service("logging: {driver: \(driver), options: {\(options)}}").service)
    #expect(found.options.logging.packsFiles == isPacked)
  }

  /// Of a version that knew of no packing: its shim knows of none either.
  @Test func whatAnOlderVersionMadeIsNotPacked() { #expect(!Logging(driver: .local).packsFiles) }

  @Test func tagsAreTemplates() throws {
    let fields: [LogTag.Field: String] = [.id: "c0ffee", .name: "shop-web-1", .imageName: "nginx:1", .daemonName: "muster"]
    #expect(try LogTag("{{.DaemonName}}/{{.Name}}-{{ .ID }}!").text(fields, attributes: [:]) == "muster/shop-web-1-c0ffee!")
    #expect(try LogTag("{{ (.ExtraAttributes nil).TEAM }}").text(fields, attributes: ["TEAM": "x"]) == "x")
    #expect(try LogTag("{{ (.ExtraAttributes nil).TEAM }}").text(fields, attributes: [:]) == "<no value>")
    for text in [
      "{{", "{{}}", "{{.id}}", "{{.ID", "{{(.ExtraAttributes nil).}}", "{{(.ExtraAttributes}}", "{{)(}}", "{{(}}", "{{.Name | json}}",
    ] {
      #expect(throws: LogTag.Mistake.self) { _ = try LogTag(text) }
    }
  }

  @Test func selectionsAreByNameAndByExpression() {
    let selection = LogSelection(
      Logging(options: ["labels": "a,b,none", "labels-regex": "^team\\.", "env": "HOME", "env-regex": "^(os|customer)"]))
    let labels = ["a": "1", "b": "2", "c": "3", "team.lead": "4", "my.team.x": "5"]
    let environment = ["HOME": "/", "PATH": "/bin", "os": "linux", "customer_id": "7", "xos": "no", "a": "of the environment"]
    #expect(
      selection.attributes(labels: labels, environment: environment) == [
        "a": "1", "b": "2", "team.lead": "4", "HOME": "/", "os": "linux", "customer_id": "7",
      ])
    #expect(LogSelection(Logging()).attributes(labels: labels, environment: environment) == [:])
  }

  @Test func addressesOfSyslog() throws {
    #expect(try SyslogAddress("udp://10.0.0.1") == .udp(host: "10.0.0.1", port: 514))
    #expect(try SyslogAddress("tcp://[fd00::1]:99") == .tcp(host: "fd00::1", port: 99))
    #expect(try SyslogAddress("tcp://[::1]") == .tcp(host: "::1", port: 514))
    #expect(try SyslogAddress("unix:///run/log") == .stream(path: "/run/log"))
    #expect(SyslogFacility("local7")?.number == 23 && SyslogFacility("")?.number == nil && SyslogFacility("0")?.number == 0)
  }
}

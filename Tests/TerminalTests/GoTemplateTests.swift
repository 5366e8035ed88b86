import Terminal
import Testing

/// Templates as Go and Docker's commands print them.
@Suite struct GoTemplateTests {
  static let value = TemplateValue.object([
    "ID": .text("abc"), "Size": .int(42), "Ratio": .float(1.5), "Ok": .bool(true), "Nothing": .null,
    "Names": .list([.text("one"), .text("two")]),
    "Config": .object(["Env": .list([.text("A=1")]), "Labels": .object(["team.name": .text("shop"), "x": .text("")])]),
  ])

  @Test(arguments: [
    ("plain", "plain"),
    ("{{.ID}}-{{.Size}}", "abc-42"),
    ("{{ .Config.Env }}", "[A=1]"),
    ("{{.Config.Labels}}", "map[team.name:shop x:]"),
    ("{{.Nothing}}|{{.Config.Missing}}", "<no value>|<no value>"),
    (#"{{json .Config.Labels}}"#, #"{"team.name":"shop","x":""}"#),
    (#"{{index .Config.Labels "team.name"}}"#, "shop"),
    (#"{{index .Config.Labels "absent"}}."#, "."),
    (#"{{.Config.Labels "team.name"}}"#, "shop"),
    ("{{index .Names 1}}", "two"),
    ("{{range .Names}}<{{.}}>{{end}}", "<one><two>"),
    ("{{range $i, $n := .Names}}{{if $i}}, {{end}}{{$n}}{{end}}", "one, two"),
    ("{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}", "team.name=shop;x=;"),
    ("{{range .Nothing}}x{{else}}none{{end}}", "none"),
    ("{{range .Names}}{{if eq . \"two\"}}{{break}}{{end}}{{.}}{{end}}", "one"),
    ("{{range .Names}}{{if eq . \"one\"}}{{continue}}{{end}}{{.}}{{end}}", "two"),
    ("{{with .Config}}{{len .Env}}{{$.ID}}{{end}}", "1abc"),
    ("{{if and .Ok (gt .Size 41)}}big{{else}}small{{end}}", "big"),
    ("{{if .Nothing}}a{{else if eq .ID \"abc\" \"abd\"}}b{{else}}c{{end}}", "b"),
    ("{{or .Nothing .ID}}", "abc"),
    ("{{not .Ok}}", "false"),
    (#"{{join .Names "/"}}"#, "one/two"),
    (#"{{(index .Names 0) | upper | printf "%5s|"}}"#, "  ONE|"),
    (#"{{printf "%-4d|%04d|%q|%.2f|%v%%" .Size .Size .ID .Ratio .Ok}}"#, #"42  |0042|"abc"|1.50|true%"#),
    (#"{{split "a,b" ","}}"#, "[a b]"),
    (#"{{title "go on"}}{{truncate "long" 2}}{{pad "x" 1 1}}{{lower "A"}}"#, "Go Onlo x a"),
    ("{{slice .ID 1 2}}", "b"),
    ("a {{- .ID -}} b", "aabcb"),
    ("{{/* a comment */}}x", "x"),
    ("{{$x := .ID}}{{$x}}{{$x = \"n\"}}{{$x}}", "abcn"),
    ("{{(.Config).Env}}", "[A=1]"),
    ("{{`raw {{`}}{{\"}}\"}}", "raw {{}}"),
    ("{{println .ID}}", "abc\n"),
  ])
  func renders(template: String, text: String) throws {
    #expect(try GoTemplate(template).render(Self.value) == text)
  }

  @Test(arguments: [
    "{{", "{{.ID", "{{end}}", "{{if .ID}}", "{{else}}", "{{if}}x{{end}}", "{{.ID | }}", "{{nofunc .ID}}", "{{(.ID}}", "{{.ID)}}", "{{\"x}}",
    "{{define \"x\"}}{{end}}", "{{range $a, $b, $c := .Names}}{{end}}", "{{1.2.3}}", "{{.A..B}}", "{{:}}", "{{/* x }}", "{{'ab'}}",
    String(repeating: "{{if .ID}}", count: 5000), "{{" + String(repeating: "(", count: 5000) + "}}",
  ])
  func refusesText(template: String) {
    #expect(throws: GoTemplateError.self) { try GoTemplate(template) }
  }

  @Test(arguments: [
    "{{.Absent}}", "{{.ID.More}}", "{{.Nothing.More}}", "{{index .Names 7}}", "{{lt .ID .Size}}", "{{join .ID \"x\"}}", "{{$y}}",
    "{{.Names | join}}", "{{range .Size}}{{end}}", "{{slice .ID 2 9}}", "{{.ID .Size}}",
  ])
  func refusesValue(template: String) throws {
    let template = try GoTemplate(template)
    #expect(throws: GoTemplateError.self) { try template.render(Self.value) }
  }

  @Test func rows() throws {
    let rows = [
      TemplateValue.object(["ID": .text("1"), "Name": .text("web"), "Label": .object(["team": .text("shop")])]),
      TemplateValue.object(["ID": .text("2"), "Name": .text("db"), "Label": .object([:])]),
    ]
    let headings = ["ID": "IMAGE ID"]
    #expect(try RowFormat("{{.ID}}\\t{{.Name}}").render(rows) == "1\tweb\n2\tdb\n")
    #expect(
      try RowFormat(#"table {{.ID}}\t{{.Name}}\t{{.Label "team"}}"#).render(rows, headings: headings)
        == "IMAGE ID   NAME      team\n1          web       shop\n2          db\n")
    #expect(try RowFormat("json").render([rows[1]]) == #"{"ID":"2","Label":{},"Name":"db"}"# + "\n")
    #expect(try RowFormat("table").render(rows) == nil)
    #expect(throws: GoTemplateError.self) { try RowFormat("{{.Nmae}}").render(rows) }
  }

  @Test func valuesAreWhatTheirJSONSays() throws {
    struct Row: Encodable {
      var Text = "a\"b"
      var Number = 7
      var Flag = false
      var Ratio = 0.5
      var List = ["x"]
      var Map = ["k": 1]
    }
    let value = try TemplateValue(encoding: Row())
    #expect(
      value
        == .object([
          "Text": .text("a\"b"), "Number": .int(7), "Flag": .bool(false), "Ratio": .float(0.5), "List": .list([.text("x")]),
          "Map": .object(["k": .int(1)]),
        ]))
  }

  /// Docker's way of writing it.
  @Test func linesOfJSON() {
    let value = TemplateValue.list([
      .object(["Name": .text("a\"/b"), "Args": .list([.text("x"), .int(1)]), "None": .list([]), "Labels": .object([:]), "On": .bool(true)])
    ])
    #expect(
      value.indentedJSON == """
        [
            {
                "Args": [
                    "x",
                    1
                ],
                "Labels": {},
                "Name": "a\\"/b",
                "None": [],
                "On": true
            }
        ]
        """)
    #expect(TemplateValue.list([]).indentedJSON == "[]")
  }
}

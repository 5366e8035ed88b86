import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import EngineWire
import OCI
import Terminal

/// What `search` and `image search` take, and what both do.
struct SearchArguments: ParsableArguments {
  static let abstract = "Search a registry for images; without a host: Docker Hub."
  static let discussion = """
    Names are as the registry gives them: to get one of another registry than Docker Hub, write HOST[:PORT]/ before it. A registry without an
    index of its own is asked for the list of its repositories, which has neither descriptions nor stars.
    Example: muster search --filter is-official=true debian
    Example: muster search registry.example.com:5000/web
    """
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("is-official=true|false, stars=NUMBER, is-automated=true|false.", valueName: "filter"))
  var filter: [String] = []
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"
  @Option(help: "The most that is shown, 1 to 100.") var limit = SearchRequest.usualLimit
  @Flag(help: "Nothing is cut short.") var noTrunc = false
  @Argument(help: "[HOST[:PORT]/]TERM") var term: String

  func perform(_ context: Context) async throws -> Int32 {
    let rowFormat = try rowFormat(format)
    let filter = try SearchFilter(arguments: filter)
    if filter.isAutomated != nil {
      context.output.error("warning: no registry tells automated builds any more: is-automated=true finds nothing")
    }
    let place: SearchTerm
    do { place = try SearchTerm(term) } catch { throw Exit(1, visible(error.reason)) }
    // Docker's 0 is no limit said.
    let limit = limit == 0 ? SearchRequest.usualLimit : limit
    guard SearchRequest.limits.contains(limit) else { throw Exit(1, "limit \(limit) is outside the range of [1, 100]") }
    let credentials = try context.credentials(of: [place.registry], in: try DockerConfiguration(environment: context.environment))
    let request = SearchRequest(term: term, limit: limit, credentials: credentials)
    let results = filter.apply(to: try await context.engine().searchImages(request))
    let isJSON = format == "json" || format.contains("json .}}")
    let rows = results.map { SearchRow($0, isTruncated: !noTrunc, isJSON: isJSON) }
    try context.write(rows, as: rowFormat, headings: SearchRow.headings) { SearchRow.table(rows) }
    return 0
  }
}

import Backend
import EngineWire
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import StackModel

/// The request's body, decoded. Leaves the body in the request, so that the connection's end can be watched after.
func decodeBody<Value: Decodable>(_ type: Value.Type, _ request: inout Request) async throws -> Value {
  let tooLarge = HTTPError(.contentTooLarge, message: "a request's body can have \(Wire.bodyLimit) bytes")
  if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Wire.bodyLimit { throw tooLarge }
  let buffer: ByteBuffer
  do {
    buffer = try await request.collectBody(upTo: Wire.bodyLimit)
  } catch is NIOTooManyBytesError {
    throw tooLarge
  } catch let error as CancellationError {
    throw error
  } catch {
    throw EngineError(.invalid, "the request's body did not arrive whole")
  }
  return try traced("decode") { try decodeJSON(type, buffer.readableBytesView) }
}

/// JSON from outside; what is wrong with it is the asker's fault.
func decodeJSON<Value: Decodable>(_ type: Value.Type, _ bytes: some Sequence<UInt8>) throws(EngineError) -> Value {
  do {
    return try JSONDecoder().decode(type, from: Data(bytes))
  } catch let DecodingError.keyNotFound(key, context) {
    throw EngineError(.invalid, "the request's body lacks \(path(context.codingPath + [key]))")
  } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context) {
    throw EngineError(.invalid, "the request's body is not what it should be at \(path(context.codingPath))")
  } catch {
    throw EngineError(.invalid, "the request's body is not valid JSON")
  }
}

private func path(_ keys: [any CodingKey]) -> String {
  keys.isEmpty ? "its top" : keys.map(\.stringValue).joined(separator: ".")
}

func encodeJSON(_ value: some Encodable) throws -> [UInt8] { Array(try JSONEncoder().encode(value)) }

/// A whole answer in JSON.
func jsonResponse(_ value: some Encodable) throws -> Response {
  Response(
    status: .ok, headers: [.contentType: Wire.json],
    body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encodeJSON(value))))
}

/// A name or an id in the path. `what` it is of is for the error: `secret`.
func pathName(_ key: String, of what: String, _ context: EngineContext) throws -> String {
  guard let name = String(percentDecoding: try context.parameters.require(key)), !name.isEmpty else {
    throw EngineError(.invalid, "no \(what) named")
  }
  return name
}

/// Docker's `filters`: lists, or the older maps of names to true.
func filters(_ request: Request) throws(EngineError) -> [String: [String]] {
  guard let text = request.uri.queryParameters["filters"].map(String.init), !text.isEmpty else { return [:] }
  if let lists = try? JSONDecoder().decode([String: [String]].self, from: Data(text.utf8)) { return lists }
  return try decodeJSON([String: [String: Bool]].self, Array(text.utf8)).mapValues { $0.filter(\.value).keys.sorted() }
}

/// The project in the path; a name that could be none is refused before anybody makes a path of it.
func project(_ context: EngineContext) throws -> ProjectName {
  let name = ProjectName(try context.parameters.require("project"))
  try check(name)
  return name
}

/// `[a-z0-9][a-z0-9_-]*` (Compose Specification, "Name top-level element").
func check(_ name: ProjectName) throws(EngineError) {
  let bytes = name.rawValue.utf8
  let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
  guard let first = bytes.first, bytes.count <= 128, isLetter(first), bytes.allSatisfy({ isLetter($0) || $0 == 0x5F || $0 == 0x2D }) else {
    throw EngineError(.invalid, "not a project's name", hint: "lower-case letters, digits, - and _; the first a letter or digit")
  }
}

/// A request's project must be the path's.
func check(_ name: ProjectName, is other: ProjectName) throws(EngineError) {
  guard name == other else { throw EngineError(.invalid, "the request's body is about another project than its path") }
}

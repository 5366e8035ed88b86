/// As the compiler would write it, `{"progress": {"_0": …}}`, but with one type of keys instead of one for each case: every type of keys is looked up
/// among all conformances of a program when it is first met, which a command that takes 8 ms feels.
extension Event.Kind: Codable {
  private enum Key: String, CodingKey {
    case progress, unchanged, output, container, job, thing, warning
    case value = "_0"
    case subject, line
  }

  public init(from decoder: any Decoder) throws {
    let cases = try decoder.container(keyedBy: Key.self)
    guard let key = cases.allKeys.first, cases.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(.init(codingPath: cases.codingPath, debugDescription: "an event is of one kind"))
    }
    let values = try cases.nestedContainer(keyedBy: Key.self, forKey: key)
    switch key {
    case .progress: self = .progress(try values.decode(Event.Progress.self, forKey: .value))
    case .unchanged: self = .unchanged(try values.decode([String].self, forKey: .value))
    case .output:
      self = .output(subject: try values.decode(String.self, forKey: .subject), line: try values.decode(String.self, forKey: .line))
    case .container: self = .container(try values.decode(Event.ContainerChange.self, forKey: .value))
    case .job: self = .job(try values.decode(Event.JobChange.self, forKey: .value))
    case .thing: self = .thing(try values.decode(ThingChange.self, forKey: .value))
    case .warning: self = .warning(try values.decode(String.self, forKey: .value))
    case .value, .subject, .line:
      throw DecodingError.dataCorrupted(.init(codingPath: cases.codingPath, debugDescription: "\(key.rawValue) is no kind of event"))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var cases = encoder.container(keyedBy: Key.self)
    func put(_ value: some Encodable, as key: Key) throws {
      var values = cases.nestedContainer(keyedBy: Key.self, forKey: key)
      try values.encode(value, forKey: .value)
    }
    switch self {
    case .progress(let progress): try put(progress, as: .progress)
    case .unchanged(let names): try put(names, as: .unchanged)
    case .output(let subject, let line):
      var values = cases.nestedContainer(keyedBy: Key.self, forKey: .output)
      try values.encode(subject, forKey: .subject)
      try values.encode(line, forKey: .line)
    case .container(let change): try put(change, as: .container)
    case .job(let change): try put(change, as: .job)
    case .thing(let change): try put(change, as: .thing)
    case .warning(let text): try put(text, as: .warning)
    }
  }
}

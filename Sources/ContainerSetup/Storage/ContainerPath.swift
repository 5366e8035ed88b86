/// An absolute path in the container without `.`, `..` and doubled slashes, as Docker cleans it; never `/`. The kernel resolves it inside the root, so this is
/// for comparing and sorting, not what keeps it in.
func containerPath(_ path: String, key: String) throws(SetupError) -> String {
  guard path.hasPrefix("/") else { throw SetupError("\(key): \"\(path)\" is not an absolute path in the container") }
  try checkNoNUL([path], key: key)
  let clean = cleanPath(path)
  if clean == "/" { throw SetupError("\(key): \"\(path)\" is the container's root", hint: "give a directory or file below it") }
  return clean
}

/// The same path, cleaned by its letters alone.
func cleanPath(_ path: String) -> String {
  var parts: [Substring] = []
  for part in path.split(separator: "/") {
    switch part {
    case ".": continue
    case "..": _ = parts.popLast()
    default: parts.append(part)
    }
  }
  return "/" + parts.joined(separator: "/")
}

/// How many names a clean path has.
func depth(_ path: String) -> Int { path.split(separator: "/").count }

/// Whether `path` is below `directory` (not the same).
func isBelow(_ path: String, _ directory: String) -> Bool { path.hasPrefix(directory == "/" ? "/" : directory + "/") && path != directory }

/// The directory that a clean path is in.
func parent(_ path: String) -> String {
  let before = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
  return before.isEmpty ? "/" : String(before)
}

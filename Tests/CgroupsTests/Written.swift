import LinuxKit
import TestSupport

@testable import Cgroups

/// What the files hold after `limits` were applied, those that were not touched left out.
func written(_ controller: any Controller, _ files: [String], _ limits: ResourceLimits) throws -> [String: String] {
  let directory = try TemporaryDirectory("cgroups")
  for file in files { try directory.write(file, "untouched") }
  try controller.apply(limits, to: GroupDirectory(path: directory.path))
  var contents: [String: String] = [:]
  for file in files {
    let text = try readText(directory(file))
    if text != "untouched" { contents[file] = text }
  }
  return contents
}

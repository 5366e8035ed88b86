/// The package's directory.
let repository: String = {
  // …/Tests/ScenarioTests/Stage/Repository.swift
  let parts = #filePath.split(separator: "/").dropLast(4)
  return "/" + parts.joined(separator: "/")
}()

/// The stable codes of what can be found in stack files.
enum Code: String, CaseIterable {
  // Files and YAML
  case noFile = "MU0101"
  case unreadableFile = "MU0102"
  case syntax = "MU0103"
  case duplicateKey = "MU0104"
  case limit = "MU0105"
  case alias = "MU0106"
  case tag = "MU0107"
  case octal = "MU0108"
  // Variables
  case unsetVariable = "MU0201"
  case requiredVariable = "MU0202"
  case interpolation = "MU0203"
  case environmentFile = "MU0204"
  // Keys and values
  case unknownKey = "MU0301"
  case unsupported = "MU0302"
  case withoutEffect = "MU0303"
  case wrongType = "MU0304"
  case invalidValue = "MU0305"
  case conflict = "MU0306"
  case missingKey = "MU0307"
  case duplicateItem = "MU0308"
  // What belongs together
  case undeclared = "MU0401"
  case cycle = "MU0402"
  case noImage = "MU0403"
  case imageName = "MU0404"
  case ports = "MU0405"
  case containerName = "MU0406"
  case name = "MU0407"
  case projectName = "MU0408"
  case missingContent = "MU0409"
  // Several files
  case extends = "MU0501"
  case include = "MU0502"
  case merge = "MU0503"
}

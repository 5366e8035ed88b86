import ArgumentParser
import Diagnostics
import StackModel

/// The flags of `run` and `create` about the disks' bandwidth.
struct RunDiskOptions: ParsableArguments {
  @Option(parsing: .singleValue, help: ArgumentHelp("Weight of a disk, from 10 to 1000.", valueName: "device:weight"))
  var blkioWeightDevice: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("Bytes a second that are read of a disk.", valueName: "device:bytes"))
  var deviceReadBps: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("Reads a second of a disk.", valueName: "device:number")) var deviceReadIops: [String] =
    []
  @Option(parsing: .singleValue, help: ArgumentHelp("Bytes a second that are written to a disk.", valueName: "device:bytes"))
  var deviceWriteBps: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("Writes a second to a disk.", valueName: "device:number"))
  var deviceWriteIops: [String] = []

  func add(to service: inout ServiceOptions) throws {
    var blocks: [String: ServiceValue] = [:]
    for (key, value, flag, texts) in [
      ("weight_device", "weight", "--blkio-weight-device", blkioWeightDevice),
      ("device_read_bps", "rate", "--device-read-bps", deviceReadBps),
      ("device_read_iops", "rate", "--device-read-iops", deviceReadIops),
      ("device_write_bps", "rate", "--device-write-bps", deviceWriteBps),
      ("device_write_iops", "rate", "--device-write-iops", deviceWriteIops),
    ] where !texts.isEmpty {
      blocks[key] = .list(
        try texts.map { text in
          guard let colon = text.lastIndex(of: ":"), text.hasPrefix("/dev/"), text[text.index(after: colon)...].first?.isNumber == true
          else {
            throw Exit(125, "\(flag) \(visible(text)): write it as /dev/sda:\(value == "weight" ? "300" : "1048576")")
          }
          return .map(["path": .text(String(text[..<colon])), value: .text(String(text[text.index(after: colon)...]))])
        })
    }
    service.set("blkio_config", blocks)
  }
}

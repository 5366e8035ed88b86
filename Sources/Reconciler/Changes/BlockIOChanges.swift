import StackModel

extension FieldChanges {
  /// `blkio_config`, by device.
  mutating func compareBlockIO(_ old: BlockIO?, _ new: BlockIO?) {
    guard old != new else { return }
    let (old, new) = (old ?? BlockIO(), new ?? BlockIO())
    compare("blkio_config.weight", old.weight, new.weight) { "\($0)" }
    compare("blkio_config.weight_device", old.deviceWeights, new.deviceWeights, key: \.path) { "\($0.weight)" }
    for (key, list) in [
      ("device_read_bps", \BlockIO.readBytes), ("device_write_bps", \.writeBytes), ("device_read_iops", \.readOperations),
      ("device_write_iops", \.writeOperations),
    ] {
      compare("blkio_config.\(key)", old[keyPath: list], new[keyPath: list], key: \.path) { "\($0.rate)" }
    }
  }
}

import Glibc
import LinuxKit
import TestSupport
import Testing

@Suite struct SocketTests {
  @Test(arguments: ["s.sock", String(repeating: "long", count: 30) + "/s.sock"])
  func listenAndConnect(_ name: String) throws {
    let directory = try TemporaryDirectory("socket")
    try makeDirectories(String(directory(name).dropLast(7)))
    let listener = try UnixSocket.listen(path: directory(name))
    #expect(try Descriptor.open(directory.path, O_RDONLY).status(at: name).permissions == 0o600)
    let client = try UnixSocket.connect(path: directory(name))
    let accepted = try UnixSocket.accept(listener)
    guard let server = accepted else { return #expect(Bool(false), "nobody came") }
    #expect(try UnixSocket.peer(server).pid == getpid())
    _ = try client.send([1, 2, 3])
    var none: [SharedDescriptor] = []
    let count = try withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { try server.receive(into: $0, descriptors: &none) }
    #expect(count == 3)
    if try UnixSocket.accept(listener) != nil { #expect(Bool(false), "one came too many") }
  }

  @Test func aDeadListenerIsReplaced() throws {
    let directory = try TemporaryDirectory("socket")
    do { _ = try UnixSocket.listen(path: directory("s")) }
    #expect { _ = try UnixSocket.connect(path: directory("s")) } throws: { ($0 as? KernelError)?.errno == ECONNREFUSED }
    let listener = try UnixSocket.listen(path: directory("s"))
    _ = try UnixSocket.connect(path: directory("s"))
    #expect(listener.number >= 0)
  }

  @Test func descriptorsTravel() throws {
    let pair = try UnixSocket.pair()
    let pipe = try DescriptorPair.pipe().shared()
    _ = try pair.first.send([1], descriptors: [pipe.second.number])
    var taken: [SharedDescriptor] = []
    let count = try withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { try pair.second.receive(into: $0, descriptors: &taken) }
    #expect(count == 1)
    let received = try #require(taken.first).number
    #expect(fcntl(received, F_GETFD) == FD_CLOEXEC)
    #expect(received != pipe.second.number)
  }

  @Test func memoryFilesCannotBeChanged() throws {
    let file = try memoryFile(name: "x", [1, 2, 3])
    #expect(try file.readAll(limit: 10) == [1, 2, 3])
    #expect { try file.writeAll([9]) } throws: { ($0 as? KernelError)?.errno == EPERM }
    #expect(ftruncate(file.number, 0) != 0)
  }
}

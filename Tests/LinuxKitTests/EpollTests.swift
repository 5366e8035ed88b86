import Glibc
import LinuxKit
import Testing

@Suite struct EpollTests {
  @Test func tellsWhatIsReadyAndForgets() throws {
    let epoll = try Epoll()
    let pipe = try DescriptorPair.pipe(O_NONBLOCK).shared()
    let wakeup = try Wakeup()
    try epoll.add(pipe.first.number, .read, token: 7)
    try epoll.add(wakeup.number, .read, token: 8)
    #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
    try pipe.second.descriptor.writeAll("x")
    var tokens: [UInt64] = []
    try epoll.wait { tokens.append($0.token) }
    #expect(tokens == [7])
    try epoll.remove(pipe.first.number)
    wakeup.signal()
    wakeup.signal()
    tokens = []
    try epoll.wait { tokens.append($0.token) }
    #expect(tokens == [8])
    wakeup.clear()
    #expect(try epoll.wait(milliseconds: 0) { _ in } == 0)
  }
}

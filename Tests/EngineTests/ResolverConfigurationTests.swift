import Testing

@testable import Engine

@Suite struct ResolverConfigurationTests {
  @Test func readsWhatResolversRead() {
    let found = ResolverConfiguration(
      """
      # comment
      domain old.example
      search a.example b.example
      nameserver 192.0.2.1
      nameserver 2001:db8::1
      options edns0 timeout:2
      sortlist 192.0.2.0
      nameserver
      """)
    #expect(found.nameservers == ["192.0.2.1", "2001:db8::1"])
    #expect(found.search == ["a.example", "b.example"])
    #expect(found.options == ["edns0", "timeout:2"])
  }
}

/// Fixtures that the tests of several targets share.
public enum TestSupport {}

using Xunit;

namespace Akka.TestKit.Xunit2;

/// <summary>Fails tests with xunit's assertions.</summary>
public class XunitAssertions : ITestKitAssertions
{
    public void Fail(string format = "", params object[] args) => Assert.Fail(Text(format, args));

    public void AssertTrue(bool condition, string format = "", params object[] args) => Assert.True(condition, Text(format, args));

    public void AssertFalse(bool condition, string format = "", params object[] args) => Assert.False(condition, Text(format, args));

    public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args)
    {
        // xunit compares collections item by item, and its message shows the first difference.
        try
        {
            Assert.Equal(expected, actual);
        }
        catch (Xunit.Sdk.XunitException difference)
        {
            Fail($"{Text(format, args)}\n{difference.Message}");
        }
    }

    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args) =>
        AssertTrue(comparer(expected, actual), format, args);

    private static string Text(string format, object[] args) => args.Length == 0 ? format : string.Format(format, args);
}

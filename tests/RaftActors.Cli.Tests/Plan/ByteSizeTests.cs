using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>Sizes with a unit.</summary>
public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("256", 256)]
    [InlineData("256b", 256)]
    [InlineData("64kB", 64_000)]
    [InlineData("1.5MiB", 1_572_864)]
    [InlineData("2 GB", 2_000_000_000)]
    public void Size_is_read(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("MB")]
    [InlineData("1 mile")]
    [InlineData("99999999999TB")]
    public void Other_texts_are_refused(string text) => Assert.Null(ByteSize.Parse(text));

    [Theory]
    [InlineData(352, "352 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(30_412_800_000, "30.4 GB")]
    [InlineData(999_600, "1.00 MB")]
    public void Size_is_written_with_three_digits(double bytes, string text) => Assert.Equal(text, ByteSize.Text(bytes));
}

namespace RaftActors.Cli.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(352, "352 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(30_412_800_000, "30.4 GB")]
    [InlineData(999_600, "1.00 MB")]
    public void Size_is_written_with_three_digits(double bytes, string text) => Assert.Equal(text, ByteSize.Text(bytes));
}

using RaftActors.Core.Codec;

namespace RaftActors.Core.Tests.Codec;

/// <summary>The bytes of configurations. Log, snapshots and messages hold them.</summary>
public sealed class ConfigurationFormatTests
{
    private const string Group = "09000000000000000000000000000000";
    private const string Voters = "010361406101000000000000000000000000000000";
    private const string WithoutOthers = "000000";

    private static readonly Member Voter = new(new ProcessName("a@a"), new Incarnation(Id(1)));
    private static readonly Configuration Plain = new(new GroupUid(Id(9)), 1, [Voter], [], [], []);

    [Fact]
    public void Configuration_has_the_documented_bytes()
    {
        var bytes = Group + "01" + "05" + Voters + WithoutOthers;

        Assert.Equal(bytes, Write(Plain with { MaxQuorum = 5 }));
        Assert.Equal((1, 5), (Read(bytes).Size, Read(bytes).MaxQuorum));
    }

    [Theory]
    [InlineData("8180808008", "05")] // A size of 2^31 + 1.
    [InlineData("FFFFFFFFFFFFFFFFFF01", "05")] // A size of -1.
    [InlineData("01", "04")]
    [InlineData("01", "0D")]
    [InlineData("01", "00")]
    public void Other_sizes_and_maxima_are_refused(string size, string max)
    {
        Assert.Throws<InvalidDataException>(() => Read(Group + size + max + Voters + WithoutOthers));
    }

    private static string Write(Configuration configuration)
    {
        var writer = new ByteWriter();
        EntryFormat.WriteConfiguration(writer, configuration);
        return Convert.ToHexString(writer.Written);
    }

    private static Configuration Read(string bytes)
    {
        var reader = new ByteReader(Convert.FromHexString(bytes));
        var configuration = EntryFormat.ReadConfiguration(ref reader);
        reader.End();
        return configuration;
    }

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);
}

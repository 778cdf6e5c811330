using RaftActors.Core.Codec;

namespace RaftActors.Core.Tests.Codec;

/// <summary>
/// The bytes of the two kinds of configurations. Log, snapshots and messages hold them, and an earlier version wrote the first kind only.
/// </summary>
public sealed class ConfigurationFormatTests
{
    private const string Group = "09000000000000000000000000000000";
    private const string Voters = "010361406101000000000000000000000000000000";
    private const string WithoutOthers = "000000";

    private static readonly Member Voter = new(new ProcessName("a@a"), new Incarnation(Id(1)));
    private static readonly Configuration Plain = new(new GroupUid(Id(9)), 1, [Voter], [], [], []);

    [Fact]
    public void Configuration_without_a_maximum_keeps_the_bytes_of_earlier_versions()
    {
        Assert.Equal(Group + "01" + Voters + WithoutOthers, Write(Plain));
        Assert.Null(Read(Write(Plain)).MaxQuorum);
    }

    [Fact]
    public void Configuration_with_a_maximum_is_of_another_kind()
    {
        var bounded = Plain with { MaxQuorum = 5 };

        // The first number is 2^32 + 1, the second one 5.
        Assert.Equal(Group + "8180808010" + "05" + Voters + WithoutOthers, Write(bounded));
        Assert.Equal((1, 5), (Read(Write(bounded)).Size, Read(Write(bounded)).MaxQuorum));
    }

    [Theory]
    [InlineData("8180808020", "05")] // Kind 2.
    [InlineData("818080808001", "05")]
    [InlineData("8180808008", "05")] // A size of 2^31 + 1.
    [InlineData("8180808010", "04")]
    [InlineData("8180808010", "0D")]
    [InlineData("8180808010", "00")]
    public void Other_kinds_sizes_and_maxima_are_refused(string kindAndSize, string max)
    {
        Assert.Throws<InvalidDataException>(() => Read(Group + kindAndSize + max + Voters + WithoutOthers));
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

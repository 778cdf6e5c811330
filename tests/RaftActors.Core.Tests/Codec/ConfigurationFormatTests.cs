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

    [Fact]
    public void Format_level_is_in_the_number_of_the_maximum()
    {
        var bytes = Group + "01" + "8502" + Voters + WithoutOthers; // 5 + 256.

        Assert.Equal(bytes, Write(Plain with { MaxQuorum = 5, Version = new GroupVersion(2, 1) }));
        Assert.Equal((5, 2), (Read(bytes).MaxQuorum, Read(bytes).Version.Format));
    }

    [Fact]
    public void Era_and_the_mark_of_a_restored_log_follow_if_there_is_one()
    {
        var bytes = Group + "01" + "8501" + Voters + WithoutOthers + "0701"; // 5 + 128.

        Assert.Equal(bytes, Write(Plain with { MaxQuorum = 5, Era = 7, IsRestored = true }));
        Assert.Equal((5, (byte)1, 7L, true), (Read(bytes).MaxQuorum, Read(bytes).Version.Format, Read(bytes).Era, Read(bytes).IsRestored));
    }

    [Fact]
    public void Members_that_never_vote_follow_if_there_are_some()
    {
        var learner = new Member(new ProcessName("b@b"), new Incarnation(Id(2)));
        var learners = "00" + "010362406202000000000000000000000000000000" + "00";
        var bytes = Group + "01" + "25" + Voters + learners + "0103624062"; // 5 + 32.

        Assert.Equal(bytes, Write(Plain with { MaxQuorum = 5, Learners = [learner], NonVoters = [learner.Name] }));
        Assert.Equal((5, learner.Name), (Read(bytes).MaxQuorum, Read(bytes).NonVoters.Single()));
    }

    [Theory]
    [InlineData("0103614061")] // The voter.
    [InlineData("0103634063")] // No member.
    [InlineData("00")]
    public void Other_members_that_never_vote_are_refused(string nonVoters)
    {
        Assert.Throws<InvalidDataException>(() => Read(Group + "01" + "25" + Voters + WithoutOthers + nonVoters));
    }

    [Fact]
    public void Configuration_of_an_unknown_level_is_refused()
    {
        var problem = Assert.Throws<InvalidDataException>(() => Read(Group + "01" + "8504" + Voters + WithoutOthers));

        Assert.Contains("a configuration has format level 3, and this program knows levels 1 to 2", problem.Message);
    }

    [Fact]
    public void Bytes_of_a_lower_level_take_no_configuration_of_a_higher_one()
    {
        var writer = new ByteWriter { Level = 1 };

        Assert.Throws<ArgumentException>(() => EntryFormat.WriteConfiguration(writer, Plain with { Version = new GroupVersion(2, 1) }));
        EntryFormat.WriteConfiguration(writer, Plain);
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

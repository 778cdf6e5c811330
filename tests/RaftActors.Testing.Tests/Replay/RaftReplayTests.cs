using RaftActors.Testing.Replay;

namespace RaftActors.Testing.Tests.Replay;

/// <summary>Each change of the rules is found at the first serial that shows it.</summary>
public sealed class RaftReplayTests : IClassFixture<RaftReplayTests.Backups>
{
    private readonly Backups _backups;

    public RaftReplayTests(Backups backups) => _backups = backups;

    [Theory]
    [InlineData("rounds up", 100, "results")]
    [InlineData("cuts", 200, "results")]
    [InlineData("lists in order of arrival", 400, "results")]
    [InlineData("reads the clock", 500, "results")]
    [InlineData("misses a key", 600, "results")]
    [InlineData("throws", 700, "exceptions")]
    [InlineData("replies in another way", 800, "results")]
    [InlineData("hides a sum", 900, "states")]
    [InlineData("dimes from version 2, at once", 1000, "results")]
    [InlineData("counts to 2^31", 1100, "results")]
    [InlineData("floats", 1200, "results")]
    [InlineData("keys without case", 1300, "results")]
    [InlineData("keys without spaces", 1400, "results")]
    [InlineData("draws lots", 1500, "results")]
    [InlineData("limit", 1600, "results")]
    [InlineData("serial for time", 1700, "results")]
    [InlineData("forgets the day", 1800, "results")]
    [InlineData("fee before interest", 1900, "states")]
    [InlineData("replies nothing", 2000, "results")]
    [InlineData("sets no reminder", 2100, "states")]
    public void Changed_rule_is_found_at_its_first_serial(string change, long serial, string what)
    {
        var difference = RaftReplay.Compare([_backups.Special], () => new Till(), () => new NextTill(change)).Difference;

        Assert.NotNull(difference);
        Assert.True((difference.Serial.Value, difference.What) == (serial, what), $"{difference}");
        Assert.Equal((Backups.Specials[(int)serial].Key, true), (difference.Key, difference.IsRepeatable));
        Assert.NotEqual(difference.Old, difference.New);
    }

    /// <summary>A backup with a pair for each rule.</summary>
    public sealed class Backups : FolderTest
    {
        internal static readonly Dictionary<int, (string Key, decimal Value)> Specials = new()
        {
            [100] = ("p1", 0.005m),
            [200] = ("p1", 0.019m),
            [300] = ("zeta", 1),
            [301] = ("alpha", 1),
            [400] = ("list", 0),
            [500] = ("clock", 0),
            [600] = ("misses", 1),
            [700] = ("throws", 1),
            [800] = ("reply", 1),
            [900] = ("hides", 1),
            [1000] = ("dime", 0.11m),
            [1100] = ("big", 3_000_000_000),
            [1200] = ("float", 0.2m),
            [1300] = ("P1", 1),
            [1400] = (" p1", 1),
            [1500] = ("lot", 1),
            [1600] = ("limit", 100),
            [1700] = ("time", 1),
            [1800] = ("day", 1),
            [1900] = ("order", 1),
            [2000] = ("nothing", 1),
            [2100] = ("remind", 1),
        };

        public Backups() => Special = ReplayLog.Write(Folder["special"], ReplayLog.Pairs(5000, Specials));

        public string Special { get; }
    }
}

namespace RaftActors.Cli.Tests;

/// <summary>The line that a long <c>raft log verify</c> or <c>repair</c> shows on a terminal.</summary>
public sealed class ProgressTests
{
    [Fact]
    public void Line_is_shown_after_a_second_and_erased_at_the_end()
    {
        var (clock, error) = (new ManualClock(), new StringWriter());
        using (var progress = Begin(error, isTerminal: true, clock))
        {
            progress.Report("segment 1 of 3");
            Assert.Equal("", $"{error}");

            clock.Advance(TimeSpan.FromSeconds(2));
            progress.Report("segment 2 of 3");
            progress.Report("too soon after that");
            Assert.Equal("\rchecks segment 2 of 3", $"{error}");
        }

        Assert.Equal($"\rchecks segment 2 of 3\r{new string(' ', 21)}\r", $"{error}");
    }

    [Fact]
    public void Nothing_is_shown_where_standard_error_is_no_terminal()
    {
        var (clock, error) = (new ManualClock(), new StringWriter());
        using (var progress = Begin(error, isTerminal: false, clock))
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            progress.Report("segment 2 of 3");
        }

        Assert.Equal("", $"{error}");
    }

    [Fact]
    public void Check_of_a_log_tells_each_segment()
    {
        using var folder = new StoreFolder();
        folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        var steps = new Steps();

        StoreTools.Verify(folder.Path, steps);

        Assert.Equal(["segment 1 of 1", "content of the stores"], steps.All);
    }

    private static ProgressLine Begin(StringWriter error, bool isTerminal, TimeProvider clock) => new(
        new CommandEnvironment(() => Stream.Null, TextWriter.Null, error, isErrorTerminal: () => isTerminal), "checks", clock);

    private sealed class Steps : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }
}

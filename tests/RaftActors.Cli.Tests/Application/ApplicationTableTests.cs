using RaftActors.Cli.Client.Top;

using Spectre.Console;

namespace RaftActors.Cli.Tests.Application;

/// <summary>The table of all groups, from samples that the test makes.</summary>
public sealed class ApplicationTableTests
{
    private static readonly Target Shop = ApplicationTarget.Of("node1:2551", "default");

    [Fact]
    public void Problems_come_before_rates_and_rates_before_names()
    {
        var before = Sample(1, [Listed([Group("a", 10), Group("b", 10), Group("c", 10), Group("d", 10) with { Fence = "an old copy" }])]);
        var now = Sample(2, [Listed([Group("a", 10), Group("b", 40), Group("c", 10), Group("d", 10) with { Fence = "an old copy" }])]);

        var rows = Text(new ApplicationTable(Shop, now, before));

        Assert.Equal(["GROUP", "d", "b", "a", "c"], rows.Select(row => row.Split(' ')[0]));
        Assert.Matches("^d +d-1@node1 +2 +1/1 +10 +0 +0 +0.30 ms +d-1@node1 is fenced: an old copy$", rows[1]);
        Assert.Matches("^b +b-1@node1 +2 +1/1 +40 +0 +30 +0.30 ms$", rows[2]);
    }

    [Fact]
    public void Member_on_a_silent_node_is_a_problem()
    {
        ImmutableArray<RaftStatus> two = [Member("a", 1, 10, members: 3) with { Role = RaftRole.Leader }, Member("a", 2, 9, members: 3)];
        var sample = Sample(1, [Listed(two), new("node3:2551", [], "no process answered in time")]);

        Assert.True(IsProblem(sample));
        var rows = Text(new ApplicationTable(Shop, sample, null));
        Assert.Matches("^a +a-1@node1 +2 +2/3 +10 +1 .* has members that do not answer: 1$", rows[1]);
        Assert.StartsWith("node node3:2551: no process answered in time", rows[2]);
    }

    [Fact]
    public void Removed_process_that_answers_does_not_hide_a_silent_member()
    {
        var leader = Member("a", 1, 10, members: 2) with { Role = RaftRole.Leader };
        var removed = Member("a", 3, 9) with { IsRemoved = true };

        var rows = Text(new ApplicationTable(Shop, Sample(1, [Listed([leader, removed])]), null));

        Assert.Matches("^a +a-1@node1 +2 +1/2 .* has members that do not answer: 1", rows[1]);
    }

    [Fact]
    public void Leader_of_an_earlier_term_does_not_count()
    {
        ImmutableArray<RaftStatus> rows =
        [
            Member("a", 1, 10) with { Role = RaftRole.Leader, Leader = new ProcessName("a-1@node1") },
            Member("a", 2, 10) with { Term = 3, Role = RaftRole.Candidate, Leader = null },
        ];

        var group = Sample(1, [Listed(rows)]).Groups.Single();

        Assert.Equal((null, 3), (group.Leader, group.Term));
    }

    [Fact]
    public void Terminal_shows_as_many_groups_as_fit_and_the_number_of_the_others()
    {
        var many = Sample(1, [Listed([.. Enumerable.Range(0, 10_000).Select(number => Group($"group-{number:0000}", 1))])]);
        var table = new ApplicationTable(Shop, many, null);
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 120;

        console.Write(table.ForTerminal(200, 24));

        var lines = $"{output}".Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(23, lines.Length);
        Assert.StartsWith("group-0020 ", lines[21]);
        Assert.Equal("... and 9,979 more groups", lines[22].TrimEnd());
    }

    private static string[] Text(ApplicationTable table)
    {
        using var output = new StringWriter();
        table.WriteText(output);
        return $"{output}".Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsProblem(ApplicationSample sample)
    {
        using var output = new StringWriter();
        new ApplicationTable(Shop, sample, null).WriteJson(output);
        return $"{output}".Contains("\"problem\":true");
    }

    private static ApplicationSample Sample(int second, NodeSample[] nodes) => new(
        [.. nodes.SelectMany(node => node.Processes).GroupBy(row => row.Group).Select(rows => new GroupRow(rows.Key, [.. rows]))],
        [.. nodes],
        second * System.Diagnostics.Stopwatch.Frequency);

    private static NodeSample Listed(ImmutableArray<RaftStatus> rows) => new("node1:2551", rows);

    private static RaftStatus Group(string name, long committed) => Member(name, 1, committed) with { Role = RaftRole.Leader };

    private static RaftStatus Member(string group, int node, long serial, int members = 1) => new(group, NameOf(group, node))
    {
        Actor = ActorRefs.Nobody,
        IsOpen = true,
        Identity = Guid.AllBitsSet,
        Term = 2,
        Delivered = new Serial(serial),
        Committed = new Serial(serial),
        Members = [.. Enumerable.Range(1, members).Append(node).Distinct().Select(one => new GroupMember(NameOf(group, one), true))],
        SyncTime = TimeSpan.FromMicroseconds(300),
    };

    private static ProcessName NameOf(string group, int node) => new($"{group}-{node}@node{node}");
}

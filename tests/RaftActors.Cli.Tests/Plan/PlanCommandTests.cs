using TrialKit;

namespace RaftActors.Cli.Tests.Plan;

/// <summary><c>raft plan</c> from outside.</summary>
public sealed class PlanCommandTests
{
    [Fact]
    public void Plan_of_a_group_names_latency_limit_log_and_timeouts()
    {
        var run = Run.Here("plan", "--rate", "5000", "--payload", "1kB", "--sync", "2ms", "--round-trip", "500us", "--state", "2GB");

        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] rows = ["members", "latency p50", "latency p99", "highest rate", "log", "disk", "snapshots", "heartbeats", "failover"];
        Assert.All(rows, row => Assert.Contains(run.Lines, line => line.StartsWith($"{row}  ", StringComparison.Ordinal)));

        Assert.Contains("5,000/s of 1.00 kB", run.Output);
        Assert.Contains("suit this disk and network", run.Output);
    }

    [Fact]
    public void Same_command_prints_the_same_plan()
    {
        string[] command = ["plan", "--groups", "500", "--nodes", "10", "--state", "20MB"];

        Assert.Equal(Run.Here(command), Run.Here(command));
        Assert.NotEqual(Run.Here(command).Output, Run.Here([.. command, "--seed", "2"]).Output);
    }

    [Fact]
    public void Rate_above_a_limit_ends_with_1_and_says_which()
    {
        var run = Run.Here("plan", "--rate", "1000000", "--bandwidth", "100");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("1,000,000 appends/s are too many for one group: network allows 22,645/s.", run.Output);
        Assert.DoesNotContain("latency", run.Output);
    }

    [Fact]
    public void Times_that_are_too_short_are_named()
    {
        var run = Run.Here("plan", "--round-trip", "300ms");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("raft.heartbeat-interval = 250ms is below the round trip: set 400ms.", run.Output);
        Assert.DoesNotContain("suit this disk and network", run.Output);
    }

    [Fact]
    public void JSON_has_the_plan_its_limits_the_timeouts_and_the_layout()
    {
        var run = Run.Here("plan", "--callers", "64", "--state", "1MiB", "--groups", "100", "--nodes", "10", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var objects = run.Objects.ToList();
        Assert.Equal(
            ["plan", "limit", "limit", "limit", "limit", "timeouts", "layout"],
            objects.Select(each => each.GetProperty("kind").GetString()));
        Assert.True(objects[0].GetProperty("p50Ms").GetDouble() > 1);
        Assert.True(objects[0].GetProperty("diskBytes").GetDouble() > 1 << 20);
        Assert.Equal(30, objects[^1].GetProperty("membersMost").GetInt32());
    }

    [Fact]
    public void Sync_of_a_directory_is_measured_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();

        var run = Run.Here("plan", "--measure", folder.Path);

        Assert.Equal("", run.Error);
        Assert.Contains(run.Lines, line => line.StartsWith("A sync takes ", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("--rate 0", "'0' is not a number for --rate: write one above 0")]
    [InlineData("--rate fast", "'fast' is not a number for --rate")]
    [InlineData("--members 0", "'0' is not a number for --members: write one from 1 to 101")]
    [InlineData("--voters 4", "--voters is 4, and an even number of voters survives no more losses: use 3, 5, 7, 9 or 11")]
    [InlineData("--payload 1XB", "'1XB' is not a size for --payload: write 256, 64kB or 16MiB")]
    [InlineData("--segment-size 5", "'5' is not a size for --segment-size: write 256, 64kB or 16MiB, 1048576 at least")]
    [InlineData("--sync soon", "'soon' is not a time for --sync: write 250us, 2ms or 1s; a number alone means milliseconds")]
    [InlineData("--heartbeat 0", "'0' is not a time for --heartbeat")]
    [InlineData("--sync 2ms --sync-p99 1ms", "--sync-p99 is below --sync")]
    [InlineData("--sync 2ms --measure /tmp", "--measure and --sync are both given")]
    [InlineData("--measure /nowhere/at-all", "is no directory: name one on the disk of the log")]
    [InlineData("--rate 5 --callers 5", "--rate and --callers are both given")]
    [InlineData("--groups 10 --nodes 2", "--nodes is 2 and --members 3: a group has one member on a node, so give more nodes")]
    [InlineData("--list", "--list needs --groups and --nodes")]
    [InlineData("here", "'here'")]
    public void Wrong_command_ends_with_2_and_says_what_to_write(string options, string problem)
    {
        var run = Run.Here(["plan", .. options.Split(' ')]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(problem, run.Error);
    }

    [Fact]
    public void List_has_the_nodes_of_each_group()
    {
        string[] command = ["plan", "--groups", "4", "--nodes", "3", "--list"];

        var (text, json) = (Run.Here(command), Run.Here([.. command, "--json"]));

        Assert.Equal((0, ""), (text.Code, text.Error));
        Assert.Equal(4, text.Lines.Count());
        Assert.All(text.Lines, line => Assert.Equal(3, line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Distinct().Count()));
        Assert.Equal(
            text.Lines, json.Objects.Select(each => $"{each.GetProperty("number")}  "
                + string.Join(' ', each.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()))));
    }

    [Fact]
    public void Number_alone_is_milliseconds_and_zero_a_store_in_memory()
    {
        Assert.Equal(Run.Here("plan", "--sync", "2ms"), Run.Here("plan", "--sync", "2"));
        var run = Run.Here("plan", "--sync", "0");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.DoesNotContain("by disk", run.Output);
    }

    [Fact]
    public void Help_explains_the_exit_codes_and_the_list_of_verbs_has_the_plan()
    {
        Assert.Contains("1    the rate is above a limit", Run.Here("plan", "--help").Output);
        Assert.Contains(Run.Here("--help").Lines, line => line.TrimStart().StartsWith("plan  ", StringComparison.Ordinal));
    }

    [Fact]
    public void Program_itself_plans()
    {
        var run = Run.Of("plan", "--members", "5");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("A GROUP", run.Output);
    }
}

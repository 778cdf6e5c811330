namespace RaftActors.Cli.Tests.Plan;

/// <summary><c>raft plan</c> from outside.</summary>
public sealed class PlanCommandTests
{
    [Fact]
    public void Plan_is_the_same_each_time_and_has_its_members_in_JSON()
    {
        string[] command = ["plan", "--sync", "2ms", "--state", "1MiB", "--json"];

        var run = Run.Here(command);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(Run.Here(command), run);
        var objects = run.Objects.ToList();
        Assert.Equal(["load", "load", "load", "load", "plan"], objects.Select(each => each.GetProperty("kind").GetString()));
        Assert.True(objects[0].GetProperty("p50Ms").GetDouble() > 2);
        Assert.True(objects[^1].GetProperty("diskBytes").GetInt64() > 1 << 20);
    }

    [Fact]
    public void Sync_of_a_directory_is_measured_and_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();

        var run = Run.Here("plan", "--measure", folder.Path);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("A sync takes ", run.Output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("--round-trip 1ms", "neither --measure nor --sync is given")]
    [InlineData("--sync 1 --members 0", "--members must be from 1 to 101")]
    [InlineData("--sync 1 --shared-cores 0", "--shared-cores must be from 1 to 1024")]
    [InlineData("--sync 1 --payload 1XB", "'1XB' is not a size for --payload: write 256, 64kB or 16MiB")]
    [InlineData("--sync soon", "'soon' is not a time for --sync: write 250us, 2ms or 1s; a number alone means milliseconds")]
    [InlineData("--sync 2ms --sync-p99 1ms", "--sync-p99 is below --sync")]
    [InlineData("--sync 2ms --measure /tmp", "--measure and --sync are both given")]
    [InlineData("--measure /nowhere/at-all", "is no directory: name one on the disk of the log")]
    [InlineData("here", "'here'")]
    public void Wrong_command_ends_with_2_and_says_what_to_write(string options, string problem)
    {
        var run = Run.Here(["plan", .. options.Split(' ')]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(problem, run.Error);
    }

    [Fact]
    public void Number_alone_is_milliseconds() => Assert.Equal(Run.Here("plan", "--sync", "2ms"), Run.Here("plan", "--sync", "2"));
}

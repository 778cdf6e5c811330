namespace RaftActors.Cli.Tests.Plan;

/// <summary>The page shows what the program prints.</summary>
public sealed class PlanPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "how-to", "size-a-cluster.md"));

    [Theory]
    [InlineData("raft plan --rate 5000 --payload 1kB --sync 2ms --round-trip 500us --state 2GB")]
    [InlineData("raft plan --groups 10000 --nodes 100 --state 20MB --rate 1")]
    public void Command_prints_the_block_of_the_page(string command)
    {
        var run = Run.Here(command.Split(' ')[1..]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"```\n$ {command}\n", Page);
        var block = Page[Page.IndexOf($"$ {command}\n", StringComparison.Ordinal)..];
        var shown = block[..block.IndexOf("```", StringComparison.Ordinal)].Split('\n')[1..^1];
        Assert.All(shown.Where(line => line != "..."), line => Assert.Contains(line, run.Output.Split('\n')));
        Assert.True(shown.Length > 5);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

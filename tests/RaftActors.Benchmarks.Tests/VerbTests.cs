using TrialKit;

namespace RaftActors.Benchmarks.Tests;

/// <summary>The benchmarks with their smallest options, as child processes. No test looks at a figure.</summary>
public sealed class VerbTests : IDisposable
{
    /// <summary>A guard: a run that hangs fails instead of hanging the tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cluster --store file --topology multi --clients 1 --seconds 1 --runs 1", "| file, multi, 1 clients, 256 B, tcp |")]
    [InlineData("read --consistency lease --at follower --clients 1 --seconds 1 --runs 1", "lease, single, at a follower, 1 clients, tcp")]
    [InlineData("failover --fault kill --rounds 1 --transport akka", "| kill | first commit |")]
    [InlineData("idle --seconds 1 --transport akka", "heartbeats every 50 ms, akka")]
    [InlineData("demo --rounds 1", "| all four hold serials 1 to 5 | 1/1 |")]
    [InlineData("runtime --count 100 --runs 1", "| remote Ask, 64 at a time |")]
    [InlineData("large-state --size 64 --seconds 1 --heap-max 60", "| sent and restored |")]
    public async Task Benchmark_prints_its_table(string command, string line)
    {
        string[] words = command.Split(' ');
        using var program = Start(words[0] is "cluster" or "failover" or "large-state" ? [.. words, "--directory", _folder.Path] : words);

        Assert.Equal(0, await program.Ended(Patience));

        Assert.Contains(program.Lines(one => !one.IsError), one => one.Text.Contains(line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_much_garbage_is_a_failure()
    {
        var command = "cluster --store memory --topology single --clients 1 --seconds 1 --runs 1 --garbage-max 1";
        using var program = Start(command.Split(' '));

        Assert.Equal(1, await program.Ended(Patience));

        Assert.Contains(
            program.Lines(line => line.IsError), line => line.Text.EndsWith("more than --garbage-max 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_benchmark_explains_its_options()
    {
        using var list = Start("--help");
        Assert.Equal(0, await list.Ended(Patience));
        var verbs = list.Lines(line => line.Text.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line.Text.Trim().Split(' ')[0]).Where(verb => !verb.StartsWith('-')).ToArray();
        Assert.Contains("compare", verbs);
        foreach (var verb in verbs)
        {
            using var help = Start(verb, "--help");

            Assert.Equal(0, await help.Ended(Patience));

            Assert.Contains(help.Lines(_ => true), line => line.Text.StartsWith(verb, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("cluster --clients none", "'--clients none'")]
    [InlineData("compare --peer zookeeper", "'--peer zookeeper'")]
    [InlineData("compare --transport akka,tcp", "one transport")]
    [InlineData("failover --min 300 --max 150", "--min 300 is above --max 150")]
    [InlineData("clusters", "There is no benchmark 'clusters'")]
    public async Task Wrong_option_ends_with_an_explanation(string command, string explanation)
    {
        using var program = Start(command.Split(' '));

        Assert.Equal(2, await program.Ended(Patience));

        Assert.Contains(program.Lines(line => line.IsError), line => line.Text.Contains(explanation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_nodes_and_removes_their_stores()
    {
        using var program = Start("failover", "--rounds", "100", "--directory", _folder.Path);
        await program.Line("[1/", 1, Patience);

        program.Send(Signal.Interrupt);

        Assert.Equal(130, await program.Ended(Patience));
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    private static ChildProcess Start(params string[] words) =>
        ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "RaftActors.Benchmarks.dll"), .. words]);
}

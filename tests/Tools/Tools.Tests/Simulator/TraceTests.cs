using System.Diagnostics;
using System.Text.Json.Nodes;

namespace RaftActors.Simulator.Tests;

/// <summary>The traces for other specifications, checked by <see cref="PlainRaft"/>.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traces").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Traces_are_runs_of_Raft()
    {
        var rafts = Enumerable.Range(1, 20).Select(seed =>
        {
            var raft = new PlainRaft();
            Assert.True(raft.Check(TraceOf((ulong)seed)) is var reason && reason is null, $"seed {seed}: {reason}");
            return raft;
        }).ToList();

        Assert.True(rafts.Sum(raft => raft.Elections) > 20);
        Assert.True(rafts.Sum(raft => raft.Commits) > 100);
        Assert.True(rafts.Sum(raft => raft.Restarts) > 20);
    }

    [Fact]
    public void A_trace_does_not_change_the_run()
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            Assert.Equal(
                SeedResult.OfPlain(seed, FaultSet.All).TraceHash, SeedResult.OfPlain(seed, FaultSet.All, new TlaTrace(600)).TraceHash);
        }
    }

    [Fact]
    public void A_trace_with_a_changed_vote_is_rejected() => AssertRejected(lines =>
    {
        var first = lines.FindIndex(line => $"{line["event"]!["state"]!["vote"]}" != "0");
        var (node, term) = ($"{lines[first]["event"]!["nid"]}", $"{lines[first]["event"]!["state"]!["term"]}");
        var later = lines.Skip(first + 1).Select(line => line["event"]!).Where(line => $"{line["nid"]}" == node);
        later.First(line => $"{line["state"]!["term"]}" == term)["state"]!["vote"] = "raft99";
    });

    [Fact]
    public void A_trace_with_a_second_vote_is_rejected() => AssertRejected(lines =>
    {
        var answers = lines.Select(line => line["event"]!).Where(line => $"{line["name"]}" == "ReceiveRequestVoteResponse");
        answers.Select(line => line["msg"]!).First(message => (bool)message["reject"]!)["reject"] = false;
    });

    [Fact]
    public void A_trace_with_a_commit_before_a_majority_has_the_entry_is_rejected() => AssertRejected(lines =>
    {
        var commit = lines.FindIndex(line => $"{line["event"]!["name"]}" == "Commit");
        var append = lines.FindLastIndex(commit, line => $"{line["event"]!["name"]}" == "Replicate");
        var early = lines[commit];
        lines.RemoveAt(commit);
        lines.Insert(append + 1, early);
    });

    [Fact]
    public void A_trace_with_a_log_that_ends_below_the_commit_index_is_rejected() => AssertRejected(lines =>
        lines.First(line => (long)line["event"]!["state"]!["commit"]! > 1)["event"]!["log"] = 1);

    [Fact]
    public void A_trace_with_a_message_of_another_term_is_rejected() => AssertRejected(lines =>
    {
        var message = lines.First(line => $"{line["event"]!["name"]}" == "ReceiveAppendEntriesRequest")["event"]!["msg"]!;
        message["term"] = (long)message["term"]! + 1;
    });

    [Fact]
    public void A_trace_with_a_message_that_is_received_twice_is_rejected() => AssertRejected(lines =>
    {
        var received = lines.FindIndex(line => $"{line["event"]!["name"]}" == "ReceiveAppendEntriesResponse");
        lines.Insert(received + 1, lines[received].DeepClone());
    });

    [Fact]
    public void The_program_writes_a_file_for_each_seed_with_the_events_that_are_asked_for()
    {
        var (code, output) = Run("--seeds", "1..3", "--trace-tla", Path.Combine(_folder, "{seed}.ndjson"), "--events", "50");

        Assert.True(code == 0, output);
        Assert.Contains("nothing was violated", output);
        for (var seed = 1; seed <= 3; seed++)
        {
            var lines = File.ReadAllLines(Path.Combine(_folder, $"{seed}.ndjson"));
            Assert.Equal(50, lines.Count(line => line.StartsWith("{\"tag\":\"trace\"", StringComparison.Ordinal)));
            Assert.Null(new PlainRaft().Check(lines));
        }
    }

    [Theory]
    [InlineData("All seeds would write 'one.ndjson'", "--seeds", "1..3", "--trace-tla", "one.ndjson")]
    [InlineData("which have no --disk", "--seed", "1", "--trace-tla", "one.ndjson", "--disk", "files")]
    [InlineData("does not exist. Make it first.", "--seed", "1", "--trace-tla", "no-such-folder/one.ndjson")]
    [InlineData("--events needs --trace-tla.", "--seed", "1", "--events", "50")]
    [InlineData("--events must be at least 1.", "--seed", "1", "--trace-tla", "one.ndjson", "--events", "0")]
    public void Wrong_use_is_refused_with_the_remedy(string message, params string[] options)
    {
        var (code, output) = Run(options);

        Assert.Equal(2, code);
        Assert.Contains(message, output);
    }

    private static List<string> TraceOf(ulong seed)
    {
        var (trace, output) = (new TlaTrace(600), new StringWriter());
        Assert.Null(SeedResult.OfPlain(seed, FaultSet.All, trace).Violation);
        trace.Write(output);
        return [.. $"{output}".Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Falsifies the first trace that has what is changed, and demands that it is rejected.</summary>
    private static void AssertRejected(Action<List<JsonNode>> falsify)
    {
        for (var seed = 1UL; ; seed++)
        {
            List<JsonNode> lines =
                [.. TraceOf(seed).Select(line => JsonNode.Parse(line)!).Where(line => $"{line["tag"]}" == "trace")];
            try
            {
                falsify(lines);
            }
            catch (Exception missing) when (missing is InvalidOperationException or ArgumentOutOfRangeException && seed < 20)
            {
                continue; // This seed has no such event.
            }

            Assert.NotNull(new PlainRaft().Check(lines.Select(line => line.ToJsonString())));
            return;
        }
    }

    private static (int Code, string Output) Run(params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "RaftActors.Simulator.dll"), .. options];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}

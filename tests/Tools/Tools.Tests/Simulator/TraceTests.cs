using System.Diagnostics;

namespace RaftActors.Simulator.Tests;

/// <summary>The traces for other specifications. docs/spec/check.mjs replays them, and demands that false ones are refused.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traces").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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
    public void Each_message_keeps_the_rules_of_the_specification()
    {
        for (var seed = 1UL; seed <= 100; seed++)
        {
            Assert.Null(TracedPromises.FirstFault(LinesOf(seed)));
        }
    }

    [Theory]
    [InlineData("\"reject\":true", "\"reject\":false")] // A refused vote, or refused entries.
    [InlineData("\"Persisted\"", "\"Crash\"")]
    [InlineData("\"Keep\"", "\"Discard\"")]
    [InlineData("\"sent\":", "\"nothing\":")]
    [InlineData("\"match\":1", "\"match\":2")]
    public void A_message_that_breaks_a_rule_is_found(string text, string lie)
    {
        Assert.Contains(
            Enumerable.Range(1, 20),
            seed => TracedPromises.FirstFault(LinesOf((ulong)seed).Select(line => line.Replace(text, lie))) is not null);
    }

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

    private static string[] LinesOf(ulong seed)
    {
        var (trace, text) = (new TlaTrace(200), new StringWriter());
        SeedResult.OfPlain(seed, FaultSet.All, trace);
        trace.Write(text);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
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

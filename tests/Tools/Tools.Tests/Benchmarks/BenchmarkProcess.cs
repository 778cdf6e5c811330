namespace RaftActors.Benchmarks.Tests;

/// <summary>Runs a benchmark with its smallest options as a child process. No test looks at a figure.</summary>
internal static class BenchmarkProcess
{
    /// <summary>A guard: a run that hangs fails instead of hanging the tests.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    // A shell that ignores SIGINT, as for a job in the background, starts programs that ignore it too. env restores the default.
    public static ChildProcess Start(string command) => ChildProcess.Start(
        "env",
        [
            "--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "RaftActors.Benchmarks.dll"), .. command.Split(' '),
        ]);

    /// <summary>Asserts that the benchmark ends with success and has printed a line with each text.</summary>
    public static async Task AssertPrintsAsync(string command, params string[] texts)
    {
        using var program = Start(command);

        var code = await program.Ended(WaitMax);

        Assert.True(code == 0, $"{command} ended with {code}:\n{string.Join('\n', program.Lines(_ => true).Select(line => line.Text))}");
        var output = program.Lines(line => !line.IsError);
        Assert.All(texts, text => Assert.Contains(output, line => line.Text.Contains(text, StringComparison.Ordinal)));
    }
}

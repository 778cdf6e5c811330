namespace RaftTrials.Servers;

/// <summary>Runs the <c>raft</c> program as its users do.</summary>
internal static class RaftProgram
{
    // Without this, a command would end after 5 s, which a busy machine exceeds.
    private static readonly Dictionary<string, string> Environment = new() { ["RAFT_TIMEOUT"] = $"{Guards.Request.TotalSeconds}s" };

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "raft.dll");

    /// <summary>Runs a command to its end.</summary>
    public static Task<Finished> Run(Host host, params IReadOnlyList<string> arguments) => Run(host, arguments, input: null);

    /// <param name="input">A line for standard input; null: empty input.</param>
    /// <param name="program">The program of another level; null: that of this build.</param>
    public static async Task<Finished> Run(Host host, IReadOnlyList<string> arguments, string? input = null, string? program = null)
    {
        using var process = host.Start(program ?? Path, arguments, Environment);
        if (input is not null)
        {
            process.Tell(input);
        }

        process.EndInput();
        if (await process.Ended(Guards.Wait) is not { } code)
        {
            throw new TrialFailure($"'raft {string.Join(' ', arguments)}' hangs");
        }

        return new Finished(code, Of(process, isError: false), Of(process, isError: true));
    }

    private static IReadOnlyList<string> Of(ChildProcess process, bool isError) =>
        [.. process.Lines(line => line.IsError == isError).Select(line => line.Text)];
}

/// <summary>A finished run of the program.</summary>
internal sealed record Finished(int Code, IReadOnlyList<string> Output, IReadOnlyList<string> Error)
{
    public override string ToString() => $"exit code {Code}, {string.Join(" / ", Output.Concat(Error).Take(6))}";
}

namespace RaftTrials.Servers;

/// <summary>Runs the <c>raft</c> program as its users do.</summary>
internal static class RaftTool
{
    // Without this, a command would end after 5 s, which a busy machine exceeds.
    private static readonly Dictionary<string, string> Environment = new() { ["RAFT_TIMEOUT"] = $"{Guards.Request.TotalSeconds}s" };

    /// <summary>The name of the file of the program, of this build and of others.</summary>
    public const string File = "raft.dll";

    public static string Path { get; } = Programs.Find("src/RaftActors.Cli", "raft");

    /// <summary>Runs a command to its end.</summary>
    public static Task<Finished> Run(params IReadOnlyList<string> arguments) => Run(arguments, input: null);

    /// <param name="input">A line for standard input; null: empty input.</param>
    /// <param name="program">The program of another level; null: that of this build.</param>
    /// <param name="host">Null: this machine.</param>
    public static async Task<Finished> Run(
        IReadOnlyList<string> arguments, string? input = null, string? program = null, Host? host = null)
    {
        using var process = (host ?? Host.Here).Start(program ?? Path, arguments, Environment);
        if (input is not null)
        {
            process.Tell(input);
        }

        process.EndInput();
        if (await process.Ended(Guards.Wait) is not { } code)
        {
            throw new TrialFailure($"'{TextOf(arguments)}' hangs");
        }

        return new Finished(code, Of(process, isError: false), Of(process, isError: true));
    }

    /// <summary>Runs a command that must succeed.</summary>
    /// <param name="text">A text that a line of its output must contain.</param>
    public static async Task Demand(IReadOnlyList<string> arguments, string text = "", string? program = null)
    {
        var run = await Run(arguments, program: program);
        TrialFailure.Unless(
            run.Code == 0 && (text.Length == 0 || run.Output.Any(line => line.Contains(text, StringComparison.Ordinal))),
            $"'{TextOf(arguments)}' has failed{(text.Length > 0 ? $", or does not say '{text}'" : "")}: {run}");
    }

    /// <summary>Runs a command again and again, because no server reports by itself what is waited for.</summary>
    /// <param name="isIt">Whether the answer is as wanted. Null: the command succeeds.</param>
    /// <returns>The last answer.</returns>
    public static async Task<Finished> Until(IReadOnlyList<string> arguments, Func<Finished, bool>? isIt = null, Host? host = null)
    {
        Finished? run = null;
        await Poll.Until(
            async () => (run = await Run(arguments, host: host)) is var answer && (isIt?.Invoke(answer) ?? answer.Code == 0),
            () => $"'{TextOf(arguments)}' still says: {run},");
        return run!; // Justification: the command has run.
    }

    private static string TextOf(IReadOnlyList<string> arguments) => $"raft {string.Join(' ', arguments)}";

    private static IReadOnlyList<string> Of(ChildProcess process, bool isError) =>
        [.. process.Lines(line => line.IsError == isError).Select(line => line.Text)];
}

/// <summary>A finished run of the program.</summary>
internal sealed record Finished(int Code, IReadOnlyList<string> Output, IReadOnlyList<string> Error)
{
    /// <summary>The lines of its output with --json.</summary>
    public IEnumerable<JsonElement> Json => Output.Select(line => JsonDocument.Parse(line).RootElement);

    public override string ToString() => $"exit code {Code}, {string.Join(" / ", Output.Concat(Error).Take(6))}";
}

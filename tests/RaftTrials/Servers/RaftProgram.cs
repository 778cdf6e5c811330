namespace RaftTrials.Servers;

/// <summary>Runs the <c>raft</c> program as its users do.</summary>
internal static class RaftProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "raft.dll");

    /// <summary>Runs a command to its end.</summary>
    public static Task<Finished> Run(Host host, params IReadOnlyList<string> arguments) => Run(host, arguments, null);

    /// <param name="input">A line for standard input; null: empty input.</param>
    public static async Task<Finished> Run(Host host, IReadOnlyList<string> arguments, string? input)
    {
        using var process = host.Start(Path, arguments);
        if (input is not null)
        {
            process.Tell(input);
        }

        process.EndInput();
        if (await process.Ended(Patience) is not { } code)
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

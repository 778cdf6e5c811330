namespace RaftActors.Benchmarks;

/// <summary>A benchmark of this program.</summary>
/// <param name="Summary">The line in the list of all verbs; null: an internal verb that the list omits.</param>
/// <param name="Help">The options.</param>
/// <param name="Run">Takes the options and a token that Ctrl-C cancels, and returns the exit code.</param>
internal sealed record Verb(string Name, string? Summary, string Help, Func<string[], CancellationToken, Task<int>> Run)
{
    /// <summary>The exit code after Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>A verb without a token: Ctrl-C ends the program at once.</summary>
    public static Verb Of(string name, string summary, string help, Action<string[]> run) => new(name, summary, help, (words, stop) =>
    {
        using var end = stop.Register(() => Environment.Exit(Interrupted));
        run(words);
        return Task.FromResult(0);
    });
}

/// <summary>The command line, or the machine, does not allow the benchmark. The message says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>An option that does not exist, or whose value cannot be read.</summary>
    public static UsageException Of(string option, string value) => new(
        $"'{$"{option} {value}".TrimEnd()}' is no option of this benchmark, or its value is out of range. --help lists the options.");
}

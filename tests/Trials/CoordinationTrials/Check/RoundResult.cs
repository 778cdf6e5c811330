namespace CoordinationTrials.Check;

/// <summary>What one round has shown: a line of the file of results.</summary>
/// <param name="Downing">The name of the strategy.</param>
/// <param name="Detail">What happened to which node.</param>
/// <param name="Ended">The nodes that ended in the round, or were stranded.</param>
/// <param name="Stranded">How many of them were stranded.</param>
/// <param name="Accepted">The number of accepted writes.</param>
/// <param name="Refused">The number of refused writes.</param>
/// <param name="Problems">What the check of writes found.</param>
/// <param name="FaultSeconds">The time from the fault to its end.</param>
/// <param name="RecoverySeconds">The time from the end of the fault until all was as before.</param>
/// <param name="Failure">Why the trial ended in this round; null: it did not.</param>
public sealed record RoundResult(
    string Downing,
    int Seed,
    int Round,
    string Fault,
    string Detail,
    IReadOnlyList<int> Ended,
    int Stranded,
    int Accepted,
    int Refused,
    IReadOnlyList<string> Problems,
    double FaultSeconds,
    double RecoverySeconds,
    IReadOnlyList<Takeover> Takeovers,
    string? Failure = null)
{
    /// <summary>The command that adds files of results.</summary>
    public static Command SumCommand()
    {
        Argument<string[]> files = new("files") { Arity = ArgumentArity.OneOrMore };
        Command sum = new("sum", "Adds the results of several runs.") { files };
        sum.SetAction(parsed => Console.Out.WriteLine(Totals.Of(parsed.GetRequiredValue(files).SelectMany(Read))));
        return sum;
    }

    /// <summary>Reads a file of results.</summary>
    public static IEnumerable<RoundResult> Read(string file) =>
        File.ReadLines(file).Select(line => JsonSerializer.Deserialize<RoundResult>(line)!); // Justification: Append writes no null.

    public void AppendTo(string file) => File.AppendAllText(file, JsonSerializer.Serialize(this) + "\n");
}

/// <summary>How long a resource had no writer when its holder was stopped.</summary>
/// <param name="Kind">The kind of the resource, such as "singleton".</param>
public readonly record struct Takeover(string Kind, double Ms)
{
    /// <param name="resource">A number at its end is not part of the kind.</param>
    public static Takeover Of(string resource, TimeSpan time) =>
        new(resource.TrimEnd('1', '2', '3', '4'), Math.Round(time.TotalMilliseconds));
}

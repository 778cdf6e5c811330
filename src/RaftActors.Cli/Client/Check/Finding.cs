namespace RaftActors.Cli.Client.Check;

internal enum FindingLevel
{
    Ok,

    /// <summary>Works, but needs the attention of an operator.</summary>
    Warn,

    /// <summary>Does not work.</summary>
    Fail,
}

/// <summary>One result of <c>raft check</c>.</summary>
/// <param name="About">A member, an address, a directory, a file, or <c>group</c>.</param>
/// <param name="Cure">What to do, or null if there is nothing to do.</param>
internal sealed record Finding(FindingLevel Level, string About, string Text, string? Cure)
{
    public static Finding Ok(string about, string text) => new(FindingLevel.Ok, about, text, null);

    public static Finding Warn(string about, string text, string cure) => new(FindingLevel.Warn, about, text, cure);

    public static Finding Fail(string about, string text, string cure) => new(FindingLevel.Fail, about, text, cure);

    public string Lines => Printable.Of($"{$"{Level}".ToUpperInvariant(),-4}  {About}: {Text}")
        + (Cure is null ? "" : $"{Environment.NewLine}      {Printable.Of(Cure)}");
}

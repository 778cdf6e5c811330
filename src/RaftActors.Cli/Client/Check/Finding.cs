using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client.Check;

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, and an operator should look at it.</summary>
    Warn,

    /// <summary>Something does not work.</summary>
    Fail,
}

/// <summary>One result of <c>raft check</c>.</summary>
/// <param name="About">A member, an address, a directory, a file, or <c>group</c>.</param>
/// <param name="Text">What was found, with the cause as far as it is known.</param>
/// <param name="Cure">What to do; null: nothing, or it ends by itself.</param>
internal sealed record Finding(FindingLevel Level, string About, string Text, string? Cure)
{
    public static Finding Ok(string about, string text) => new(FindingLevel.Ok, about, text, null);

    public static Finding Warn(string about, string text, string cure) => new(FindingLevel.Warn, about, text, cure);

    public static Finding Fail(string about, string text, string cure) => new(FindingLevel.Fail, about, text, cure);

    /// <summary>The lines for the user.</summary>
    public string Lines => Printable.Of($"{$"{Level}".ToUpperInvariant(),-4}  {About}: {Text}")
        + (Cure is null ? "" : $"{Environment.NewLine}      {Printable.Of(Cure)}");
}

namespace RaftTrials.Servers;

/// <summary>Where processes run: on this machine, or behind a network card of their own in it.</summary>
/// <param name="Address">Empty on this machine.</param>
internal sealed record Host(string Address, params IReadOnlyList<string> Prefix)
{
    public static Host Here { get; } = new("");

    /// <summary>Starts a program of ours there.</summary>
    public ChildProcess Start(string program, IEnumerable<string> arguments, Action<OutputLine>? heard = null)
    {
        string[] words = [.. Prefix, "dotnet", program, .. arguments];
        return ChildProcess.Start(words[0], words[1..], heard: heard);
    }
}

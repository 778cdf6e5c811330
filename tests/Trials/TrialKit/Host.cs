namespace TrialKit;

/// <summary>A place to run processes: this machine, or a network namespace on it.</summary>
/// <param name="Address">IP address; empty: this machine.</param>
/// <param name="Namespace">The file of the network namespace; empty: that of this process.</param>
/// <param name="Prefix">Words before the command that run it there.</param>
internal sealed record Host(string Address, string Namespace, params IReadOnlyList<string> Prefix)
{
    public static Host Here { get; } = new("", "");

    /// <summary>Starts a .NET program there.</summary>
    public ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        Action<OutputLine>? heard = null)
    {
        string[] words = [.. Prefix, "dotnet", program, .. arguments];
        return ChildProcess.Start(words[0], words[1..], environment, heard);
    }
}

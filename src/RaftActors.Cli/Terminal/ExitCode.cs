namespace RaftActors.Cli.Terminal;

/// <summary>The exit codes of all commands. Scripts depend on them.</summary>
internal static class ExitCode
{
    /// <summary>The command was carried out, and a command that checks found no problem.</summary>
    public const int Done = 0;

    /// <summary>Not done, also not later, or a command that checks found a problem.</summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>The outcome is unknown, because the change may have been done, or may be done later, or never.</summary>
    public const int Unknown = 3;

    /// <summary>Ended by Ctrl-C or SIGTERM. As in shells, 128 plus the number of SIGINT.</summary>
    public const int Interrupted = 130;
}

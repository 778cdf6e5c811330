namespace RaftActors.Cli.Terminal;

/// <summary>The exit codes of all commands. The page and the help list them: scripts depend on them.</summary>
internal static class ExitCode
{
    /// <summary>The command was carried out, and a command that checks found no problem.</summary>
    public const int Done = 0;

    /// <summary>Not done, and this run will never do it; or a command that checks found a problem.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong.</summary>
    public const int Usage = 2;

    /// <summary>The change is done already, will be done, or never: the outcome is unknown.</summary>
    public const int Unknown = 3;

    /// <summary>Ended by Ctrl-C: 128 and the number of SIGINT, as in shells.</summary>
    public const int Interrupted = 130;
}

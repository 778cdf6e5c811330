namespace RaftActors.Cli.Terminal;

/// <summary>
/// The arguments contradict each other or are incomplete. Ends the program with <see cref="ExitCode.Usage"/>. A validator of the command
/// cannot report this: reading an option that failed to parse throws there.
/// </summary>
internal sealed class UsageException(string message) : Exception(message);

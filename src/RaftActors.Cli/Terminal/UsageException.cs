namespace RaftActors.Cli.Terminal;

/// <summary>
/// The arguments contradict each other or are incomplete, which ends the program with <see cref="ExitCode.Usage"/>. A validator of the
/// command cannot report this, because it cannot read options that failed to parse.
/// </summary>
internal sealed class UsageException(string message) : Exception(message);

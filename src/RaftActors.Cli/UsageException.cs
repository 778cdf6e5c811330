namespace RaftActors.Cli;

/// <summary>
/// The command is wrong in a way that shows only when all of it is looked at. Validators of a whole command cannot do that: to ask for an
/// option that could not be read is an error of its own there.
/// </summary>
internal sealed class UsageException(string message) : Exception(message);

namespace RaftActors;

/// <summary>
/// HandleCommand of an entity threw an exception. The command is committed, and changed nothing. A repeat fails, too, unless the state or
/// the program has changed since; one with the same <see cref="RequestKey"/> always does.
/// </summary>
public sealed class RaftCommandFailedException : RaftException
{
    internal RaftCommandFailedException(string id, Serial serial, string error)
        : base($"The command {serial} of the entity '{id}' is committed, and changed nothing: HandleCommand threw {error.TrimEnd('.')}. "
            + "Correct HandleCommand, or the command.") => (Serial, Error) = (serial, error);

    /// <summary>The serial of the command.</summary>
    public Serial Serial { get; }

    /// <summary>The type and the message of the exception, the same on every node.</summary>
    public string Error { get; }
}

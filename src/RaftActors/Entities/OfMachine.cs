namespace RaftActors.Entities;

/// <summary>Recognises exceptions that concern a node and its program, not a command, so other nodes may handle the command.</summary>
internal static class OfMachine
{
    /// <summary>Tells whether the exception, or one that caused it, is of this kind.</summary>
    public static bool Is(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OutOfMemoryException or InsufficientExecutionStackException or TypeLoadException or TypeInitializationException
                or MemberAccessException or BadImageFormatException or InvalidProgramException or FileNotFoundException or FileLoadException
                or PlatformNotSupportedException)
            {
                return true;
            }
        }

        return false;
    }
}

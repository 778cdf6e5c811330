namespace RaftActors.Entities;

/// <summary>Exceptions that speak of a node and its program, and not of a command: other nodes may handle the command.</summary>
internal static class OfMachine
{
    /// <summary>The exception, or one that caused it, is of this kind.</summary>
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

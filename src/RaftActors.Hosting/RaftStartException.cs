using RaftActors.Storage;

namespace RaftActors.Hosting;

/// <summary>
/// The raft actors of the host cannot start. The message names the cause and the remedy. Akka.Hosting, the host and the runtime each print
/// an exception of the start, so only the first call of <see cref="ToString"/> returns the message.
/// </summary>
public sealed class RaftStartException : RaftException
{
    private int _wasPrinted;

    internal RaftStartException(string message, Exception? cause)
        : base(message, cause)
    {
    }

    /// <summary>
    /// Returns the message, without the stack trace if the cause is the configuration or a store, because then the message is enough.
    /// Later calls return a reference to the first one.
    /// </summary>
    public override string ToString() => Interlocked.Exchange(ref _wasPrinted, 1) == 1
        ? $"{GetType().Name}: the raft actors cannot start, as printed above."
        : InnerException is null or RaftConfigurationException or StoreException ? $"{GetType().Name}: {Message}" : base.ToString();
}

using RaftActors.Storage;

namespace RaftActors.Hosting;

/// <summary>
/// The host's raft actors cannot start. The message names the cause and the remedy. <see cref="ToString"/> leaves out the stack trace if
/// the cause is the configuration or a store, because then the message is enough.
/// </summary>
public sealed class RaftStartException : Exception
{
    internal RaftStartException(string message, Exception? cause)
        : base(message, cause)
    {
    }

    /// <inheritdoc/>
    public override string ToString() =>
        InnerException is null or RaftConfigurationException or StoreException ? $"{GetType().FullName}: {Message}" : base.ToString();
}

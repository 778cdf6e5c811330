namespace Akka.Dispatch;

/// <summary>
/// Decides when and on which thread a mailbox runs. A mailbox requests at most one run at a time. So a dispatcher needs no locks of
/// its own, and may keep the mailboxes in a list and choose their order.
/// </summary>
internal abstract class Dispatcher(string id, int throughput)
{
    public string Id { get; } = id;

    /// <summary>The maximum number of messages that a mailbox handles in one run.</summary>
    public int Throughput { get; } = throughput;

    /// <summary>Arranges one call of <see cref="Mailbox.Run"/>.</summary>
    public abstract void Execute(Mailbox mailbox);
}

namespace Akka.Dispatch;

/// <summary>
/// Decides when and where a mailbox with work runs. A mailbox asks at most once until it has run; so a dispatcher needs no
/// locks of its own, and one that keeps the mailboxes in a list can decide their order by itself.
/// </summary>
internal abstract class Dispatcher(string id, int throughput)
{
    public string Id { get; } = id;

    /// <summary>How many messages a mailbox may work off before it makes room for others.</summary>
    public int Throughput { get; } = throughput;

    /// <summary>Sees to it that <see cref="Mailbox.Run"/> is called once.</summary>
    public abstract void Execute(Mailbox mailbox);
}

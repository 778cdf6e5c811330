namespace RaftActors;

/// <summary>
/// Carries the messages between the nodes of raft groups through a network of the application's choice. Subclass it, set
/// <c>raft.transport = custom</c>, and pass an instance to <see cref="Raft.UseTransport"/>. The actor system then needs no remoting.
/// <para>
/// The network may lose messages, delay, repeat and reorder them. Raft drops repeated messages, also after a restart, and sends again
/// what it still needs. A lost message can cost an Append its outcome, which is then unknown.
/// </para>
/// <para>
/// The transport carries only messages of raft and of its clients. It must prove the names of senders and hide the bytes itself if other
/// programs can reach the network: <c>raft.security</c> does not protect it.
/// </para>
/// </summary>
public abstract class RaftTransport
{
    private Action<string, ReadOnlyMemory<byte>>? _receive;

    /// <summary>
    /// Sends a message to a node. Any thread calls it, several at a time. It must return soon: an engine may wait for it. An exception is
    /// logged, and the message counts as lost.
    /// </summary>
    /// <param name="node">The other node's <c>raft.node</c>.</param>
    /// <param name="message">
    /// The bytes, which belong to the transport from now on. Mostly below 64 KiB. At most that, and a pair of <c>raft.pair-size-max</c> or
    /// a piece of <c>raft.snapshot.chunk-size</c>.
    /// </param>
    protected internal abstract void Send(string node, ReadOnlyMemory<byte> message);

    /// <summary>
    /// Gives raft a message that another node has sent. Thread-safe. Call it outside of locks that <see cref="Send"/> takes. Before
    /// <see cref="Raft.UseTransport"/> the message is dropped, which counts as lost. Damaged bytes are logged and dropped.
    /// </summary>
    /// <param name="node">The <c>raft.node</c> of the sender.</param>
    /// <param name="message">The bytes as they were sent. Never change them afterwards: raft keeps views of them.</param>
    protected void Receive(string node, ReadOnlyMemory<byte> message) => Volatile.Read(ref _receive)?.Invoke(node, message);

    /// <exception cref="InvalidOperationException">The transport belongs to an actor system already.</exception>
    internal void Attach(Action<string, ReadOnlyMemory<byte>> receive)
    {
        if (Interlocked.CompareExchange(ref _receive, receive, null) is not null)
        {
            throw new InvalidOperationException("This transport belongs to an actor system already. Create one for each actor system.");
        }
    }

    internal void Detach() => Volatile.Write(ref _receive, static (_, _) => { });
}

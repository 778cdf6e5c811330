namespace RaftActors.Examples;

/// <summary>Carries the messages of raft by queues, one for each node.</summary>
/// <param name="post">Puts a message into the queue of a node.</param>
public sealed class QueueTransport(Action<string, byte[]> post) : RaftTransport
{
    public void OnMessage(string sender, byte[] bytes) => Receive(sender, bytes);

    protected override void Send(string node, ReadOnlyMemory<byte> message) => post(node, message.ToArray());
}

using System.Text;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>A reference to an actor of another system. Messages may be lost. Those of one sender arrive in order.</summary>
internal sealed class RemoteActorRef(RemoteActorRefProvider provider, ActorPath path) : InternalActorRef
{
    private byte[]? _serializedPath;
    private Association? _association;

    public override ActorPath Path { get; } = path;

    public override bool IsLocal => false;

    public override LocalActorRefProvider Provider => provider;

    public override InternalActorRef Parent =>
        Path.Depth == 0 ? Nobody.Instance : new RemoteActorRef(provider, Path.Parent);

    /// <summary>Whether this refers to another system's remote watcher, which receives heartbeats only.</summary>
    internal bool IsRemoteWatcher { get; } = path is { Depth: 2, Name: RemoteWatcher.Name, Parent.Name: "system" };

    /// <summary>The path in UTF-8, as sent with every message. Computed once.</summary>
    internal byte[] SerializedPath => _serializedPath ??= Encoding.UTF8.GetBytes(Path.ToSerializationFormat());

    // Found with the first message: a peer may name any address as a sender. A reference may outlive the association of its address.
    private Association Association => _association is { IsForgotten: false, IsClosed: false } known
        ? known
        : _association = provider.Transport.For(Path.Address);

    public override InternalActorRef GetChild(ReadOnlySpan<string> names)
    {
        var child = Path;
        foreach (var name in names)
        {
            child = name == ".." ? child.Parent : child / name;
        }
        return new RemoteActorRef(provider, child);
    }

    /// <summary>
    /// Sends watches through the remote watcher, which sends one watch per watched actor and monitors the other system. Ignores
    /// Terminate and all messages that only a parent sends, because actors are not deployed remotely.
    /// </summary>
    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch when !watch.Watcher.Equals(provider.RemoteWatcher):
                provider.RemoteWatcher.Tell(new RemoteWatcher.WatchRemote(this, watch.Watcher), null);
                break;
            case Unwatch unwatch when !unwatch.Watcher.Equals(provider.RemoteWatcher):
                provider.RemoteWatcher.Tell(new RemoteWatcher.UnwatchRemote(this, unwatch.Watcher), null);
                break;
            default:
                if (RemoteSystemMessage.Encode(message, provider.DefaultAddress) is { } body)
                {
                    Association.SendSystemMessage(body);
                }
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) => Association.Send(message, sender, this);
}

using System.Collections.Concurrent;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The parent of the short-lived references that wait for a reply: <c>/temp</c>.</summary>
internal sealed class TempContainerRef(LocalActorRefProvider provider, InternalActorRef parent) : InternalActorRef
{
    private readonly ConcurrentDictionary<string, InternalActorRef> _children = new();

    public override ActorPath Path { get; } = provider.RootPath / "temp";

    public override LocalActorRefProvider Provider => provider;

    public override InternalActorRef Parent => parent;

    public void Add(InternalActorRef child) => _children[child.Path.Name] = child;

    public void Remove(string name) => _children.TryRemove(name, out _);

    public override InternalActorRef GetChild(ReadOnlySpan<string> names) => names switch
    {
        [] => this,
        [var name] when _children.TryGetValue(name, out var child) => child,
        _ => Nobody.Instance,
    };

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
    }
}

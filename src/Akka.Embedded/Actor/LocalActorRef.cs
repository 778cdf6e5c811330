using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A reference to an actor of this process.</summary>
internal class LocalActorRef : InternalActorRef
{
    private readonly Mailbox _mailbox;

    public LocalActorRef(ActorSystemImpl system, Props props, MessageDispatcher dispatcher, InternalActorRef supervisor, ActorPath path)
    {
        Path = path;
        Cell = new ActorCell(system, this, props, dispatcher, supervisor);
        _mailbox = Cell.Mailbox;
    }

    public override ActorPath Path { get; }

    public ActorCell Cell { get; }

    public override LocalActorRefProvider Provider => Cell.SystemImpl.Provider;

    public override InternalActorRef Parent => Cell.Parent;

    public override IReadOnlyList<InternalActorRef> Children => Cell.Children.Refs();

    public override void Start() => _mailbox.PostSystem(new Create());

    public override void SendSystemMessage(SystemMessage message) => _mailbox.PostSystem(message);

    public override InternalActorRef GetChild(ReadOnlySpan<string> names)
    {
        if (names.IsEmpty)
        {
            return this;
        }

        var next = names[0] == ".." ? Parent : GetSingleChild(names[0]);
        return next is Nobody ? next : next.GetChild(names[1..]);
    }

    protected virtual InternalActorRef GetSingleChild(string name) => Cell.Children.Get(name);

    protected override void TellInternal(object message, IActorRef? sender) => _mailbox.Post(message, sender);
}

namespace Akka.Actor;

/// <content>The functions of the actor's context: children, death watch and behaviours.</content>
internal sealed partial class ActorCell
{
    public IActorRef ActorOf(Props props, string? name = null) => AttachChild(props, name);

    public ActorSelection ActorSelection(ActorPath actorPath) => SystemImpl.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) => Akka.Actor.ActorSelection.Create(Self, actorPath);

    public IActorRef Child(string name) => Children.Get(name);

    public IEnumerable<IActorRef> GetChildren() => Children.Refs();

    public void Become(Receive receive)
    {
        _behaviours.TryPop(out _);
        _behaviours.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviours.Push(receive);

    public void Become(UntypedReceive receive) => Become(Handled(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Handled(receive));

    public void UnbecomeStacked()
    {
        _behaviours.TryPop(out _);
        if (_behaviours.Count == 0 && Actor is { } actor)
        {
            _behaviours.Push(actor.ReceiveFirst);
        }
    }

    public void Stop(IActorRef child)
    {
        var actor = InternalActorRef.Of(child);
        if (Children.Find(actor) is { } stats)
        {
            stats.IsStopping = true;
        }

        actor.Stop();
    }

    public IActorRef Watch(IActorRef subject)
    {
        DeathWatch.Watch(subject, null);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        DeathWatch.Watch(subject, message ?? throw new ArgumentNullException(nameof(message)));
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        DeathWatch.Unwatch(subject);
        return subject;
    }

    /// <summary>Creates and starts a child. Any thread may call it, because code outside of actors creates top-level actors.</summary>
    public InternalActorRef AttachChild(Props props, string? name, bool isSystemName = false)
    {
        if (name is not null && !isSystemName && !ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(name.Length == 0
                ? "Actor name must not be empty"
                : $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and digits, "
                    + "and these special characters: -_.*$+:@&=,!~';()");
        }

        var child = Children.Add(Self, name, unique =>
            SystemImpl.Provider.ActorOf(props, Self, new ChildActorPath(Self.Path, unique, SystemImpl.NextUid())));
        child.Start();
        return child;
    }

    /// <summary>Asks all children to stop and drops this actor's watches on them.</summary>
    public void StopChildren()
    {
        foreach (var child in Children.Refs())
        {
            Unwatch(child);
            Stop(child);
        }
    }

    private static Receive Handled(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };
}

namespace Akka.Actor;

/// <content>Creates, stops, suspends and resumes the children.</content>
internal sealed partial class ActorCell
{
    public ChildrenContainer Children { get; } = new();

    public bool IsTerminating => Children.IsTerminating;

    public IActorRef Child(string name) => Children.Get(name);

    public IEnumerable<IActorRef> GetChildren() => Children.Refs();

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

    private void SuspendChildren(InternalActorRef? except)
    {
        foreach (var child in Children.Refs())
        {
            if (!child.Equals(except))
            {
                child.Suspend();
            }
        }
    }

    private void ResumeChildren(Exception? causedByFailure, InternalActorRef? perpetrator)
    {
        foreach (var child in Children.Refs())
        {
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
        }
    }

    private void RemoveChild(InternalActorRef actor)
    {
        switch (Children.Remove(actor))
        {
            case AfterChildren.Create:
                FinishCreate();
                break;
            case AfterChildren.Recreate:
                FinishRecreate(_restartCause!);
                break;
            case AfterChildren.Terminate:
                FinishTerminate();
                break;
        }
    }
}

namespace Akka.Actor;

/// <content>The children. A lock guards their table, because any thread may look up a path.</content>
internal sealed partial class ActorCell
{
    private readonly Dictionary<string, ChildStats> _children = [];
    private long _madeUpNames;

    /// <summary>The step to take when the last stopping child has ended. Guarded by the children's lock.</summary>
    private AfterChildren _afterChildren;

    /// <summary>The cause of a restart that waits for children to end.</summary>
    private Exception? _restartCause;

    private enum AfterChildren
    {
        GoOn,
        Create,
        Recreate,
        Terminate,
        Terminated,
    }

    public bool IsTerminating => _afterChildren >= AfterChildren.Terminate;

    public IActorRef Child(string name) => GetSingleChild(name);

    public IEnumerable<IActorRef> GetChildren() => ChildRefs();

    /// <summary>Returns the child with this name. With <c>name#uid</c>, returns only the incarnation with that uid.</summary>
    public InternalActorRef GetSingleChild(string name)
    {
        var hash = name.IndexOf('#');
        lock (_children)
        {
            return _children.TryGetValue(hash < 0 ? name : name[..hash], out var child)
                && (hash < 0 || name.AsSpan(hash + 1).SequenceEqual(child.Child.Path.Uid.ToString()))
                ? child.Child
                : Nobody.Instance;
        }
    }

    public ChildStats[] ChildrenStats()
    {
        lock (_children)
        {
            return [.. _children.Values];
        }
    }

    public InternalActorRef[] ChildRefs()
    {
        lock (_children)
        {
            return [.. _children.Values.Select(child => child.Child)];
        }
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

        InternalActorRef child;
        lock (_children)
        {
            if (IsTerminating)
            {
                throw new InvalidOperationException($"Cannot create child while terminating or terminated: {Self}");
            }

            name ??= "$" + TemporaryNames.Encode(_madeUpNames++);
            if (_children.ContainsKey(name))
            {
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            }

            ActorPath path = new ChildActorPath(Self.Path, name, SystemImpl.NextUid());
            child = SystemImpl.Provider.ActorOf(props, Self, path);
            _children.Add(name, new ChildStats(child));
        }

        child.Start();
        return child;
    }

    /// <summary>Asks all children to stop and drops this actor's watches on them.</summary>
    public void StopChildren()
    {
        foreach (var child in ChildRefs())
        {
            Unwatch(child);
            Stop(child);
        }
    }

    private ChildStats? StatsOf(InternalActorRef actor)
    {
        lock (_children)
        {
            return _children.TryGetValue(actor.Path.Name, out var child) && child.Child.Equals(actor) ? child : null;
        }
    }

    private void MarkStopping(InternalActorRef actor)
    {
        if (StatsOf(actor) is { } child)
        {
            child.IsStopping = true;
        }
    }

    /// <summary>Sets the step to take after the last child. Returns false if no child is stopping.</summary>
    private bool WaitForChildren(AfterChildren step)
    {
        lock (_children)
        {
            var waits = _children.Values.Any(child => child.IsStopping);
            _afterChildren = waits || step >= AfterChildren.Terminate ? step : AfterChildren.GoOn;
            return waits;
        }
    }

    private void SuspendChildren(InternalActorRef? except)
    {
        foreach (var child in ChildRefs())
        {
            if (!child.Equals(except))
            {
                child.Suspend();
            }
        }
    }

    private void ResumeChildren(Exception? causedByFailure, InternalActorRef? perpetrator)
    {
        foreach (var child in ChildRefs())
        {
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
        }
    }

    private void RemoveChild(InternalActorRef actor)
    {
        var step = AfterChildren.GoOn;
        lock (_children)
        {
            if (!_children.Remove(actor.Path.Name))
            {
                return;
            }

            if (_afterChildren != AfterChildren.GoOn && !_children.Values.Any(child => child.IsStopping))
            {
                step = _afterChildren;
                _afterChildren = step == AfterChildren.Terminate ? step : AfterChildren.GoOn;
            }
        }

        switch (step)
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

namespace Akka.Actor;

/// <summary>
/// The children of one actor, and the step that waits for stopping children. A lock guards the table, because any thread may look up
/// a path. Only the thread that runs the actor's mailbox removes children and sets the step.
/// </summary>
internal sealed class ChildrenContainer
{
    private readonly Dictionary<string, ChildStats> _children = [];
    private AfterChildren _step;
    private long _generatedNames;

    public bool IsTerminating => _step >= AfterChildren.Terminate;

    /// <summary>Whether a step waits for stopping children, or the actor has terminated.</summary>
    public bool IsWaiting => _step != AfterChildren.GoOn;

    /// <summary>Returns the child with this name. With <c>name#uid</c>, returns only the incarnation with that uid.</summary>
    public InternalActorRef Get(string name)
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

    /// <summary>Returns the record of a child, or null if the actor is not a child.</summary>
    public ChildStats? Find(InternalActorRef actor)
    {
        lock (_children)
        {
            return _children.TryGetValue(actor.Path.Name, out var child) && child.Child.Equals(actor) ? child : null;
        }
    }

    public ChildStats[] Stats()
    {
        lock (_children)
        {
            return [.. _children.Values];
        }
    }

    public InternalActorRef[] Refs()
    {
        lock (_children)
        {
            return [.. _children.Values.Select(child => child.Child)];
        }
    }

    /// <summary>Adds a child.</summary>
    /// <param name="parent">The parent, for the message of an exception.</param>
    /// <param name="name">Null: a name is generated.</param>
    /// <param name="create">Creates the reference of the child from its name. Called under the lock.</param>
    /// <exception cref="InvalidOperationException">The parent terminates.</exception>
    /// <exception cref="InvalidActorNameException">Another child has the name.</exception>
    public InternalActorRef Add(IActorRef parent, string? name, Func<string, InternalActorRef> create)
    {
        lock (_children)
        {
            if (IsTerminating)
            {
                throw new InvalidOperationException($"Cannot create child while terminating or terminated: {parent}");
            }

            name ??= "$" + TemporaryNames.Encode(_generatedNames++);
            if (_children.ContainsKey(name))
            {
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            }

            var child = create(name);
            _children.Add(name, new ChildStats(child));
            return child;
        }
    }

    /// <summary>Removes a child that has ended. Returns the step to take if it was the last stopping child, else GoOn.</summary>
    public AfterChildren Remove(InternalActorRef actor)
    {
        lock (_children)
        {
            if (!_children.Remove(actor.Path.Name) || _step == AfterChildren.GoOn || IsAnyStopping())
            {
                return AfterChildren.GoOn;
            }

            var step = _step;
            _step = step == AfterChildren.Terminate ? step : AfterChildren.GoOn;
            return step;
        }
    }

    /// <summary>
    /// Sets the step to take after the last stopping child. Returns false if no child is stopping: the caller then takes the step.
    /// </summary>
    public bool WaitForStopping(AfterChildren step)
    {
        lock (_children)
        {
            var waits = IsAnyStopping();
            _step = waits || step >= AfterChildren.Terminate ? step : AfterChildren.GoOn;
            return waits;
        }
    }

    /// <summary>Refuses new children from now on.</summary>
    public void Close()
    {
        lock (_children)
        {
            _step = AfterChildren.Terminated;
        }
    }

    private bool IsAnyStopping() => _children.Values.Any(child => child.IsStopping);
}

/// <summary>The step of an actor that waits for its stopping children.</summary>
internal enum AfterChildren
{
    GoOn,
    Create,
    Recreate,
    Terminate,
    Terminated,
}

namespace RaftActors.Tests.Clients;

/// <summary>A process, or a registry, that the test plays.</summary>
internal sealed class ScriptedProcess : ICallInbox
{
    private readonly BlockingCollection<(ClientCall Call, ICanTell Caller)> _calls = [];

    /// <summary>The caller of the call that was taken last.</summary>
    public ICanTell LastCaller { get; private set; } = ActorRefs.Nobody;

    /// <summary>All callers, in the order of their calls.</summary>
    public ConcurrentQueue<ICanTell> Callers { get; } = [];

    public Backlog Untaken { get; } = Backlog.OfCalls();

    /// <summary>Answers a call at once; null: the test does.</summary>
    public Func<ClientCall, object>? Answer { get; init; }

    /// <summary>Calls that were not taken.</summary>
    public IEnumerable<ClientCall> Waiting => _calls.Select(each => each.Call);

    /// <inheritdoc/>
    public void Add(ClientCall call, ICanTell caller)
    {
        Callers.Enqueue(caller);
        if (Answer is not null)
        {
            caller.Tell(Answer(call), ActorRefs.NoSender);
            return;
        }

        _calls.Add((call, caller));
    }

    /// <inheritdoc/>
    public void Announce()
    {
    }

    /// <summary>Takes calls up to the first one of a type.</summary>
    public TCall Expect<TCall>(Func<TCall, bool>? isWanted = null)
        where TCall : ClientCall
    {
        while (_calls.TryTake(out var next, Guard))
        {
            LastCaller = next.Caller;
            if (next.Call is TCall call && isWanted?.Invoke(call) != false)
            {
                return call;
            }
        }

        throw new TimeoutException($"There was no {typeof(TCall).Name}.");
    }

    /// <summary>Answers the call that was taken last.</summary>
    public void Reply(object reply) => LastCaller.Tell(reply, ActorRefs.NoSender);

    /// <summary>A process that leads a group of an actor system without an address. The registry of that system tells so.</summary>
    /// <param name="others">Processes that follow it.</param>
    public static ScriptedProcess Lead(ActorSystem system, string group, ProcessName name, params ProcessName[] others)
    {
        var network = NodeNetwork.Of(system);
        ProcessName[] names = [name, .. others];
        ClientReply.Located found = new(
            group, name, name, new Term(1), [.. names.Select(each => new ProcessAddress(each, network.Address))]);
        network.Calls.Add(CallTarget.Registry, new ScriptedProcess { Answer = _ => found });
        return Add(system, group, name);
    }

    public static ScriptedProcess Add(ActorSystem system, string group, ProcessName name)
    {
        ScriptedProcess process = new();
        NodeNetwork.Of(system).Calls.Add(new CallTarget(group, name), process);
        return process;
    }
}

namespace RaftActors.Core;

/// <summary>
/// A group of three in memory loses its leader, and the next one commits pairs, so that .NET compiles the methods of a leader. Otherwise a
/// process would compile them when it begins to lead, and its group would wait 12 ms longer.
/// </summary>
internal sealed class Rehearsal
{
    private static readonly Lazy<(Term, LogIndex)> Once = new(static () => new Rehearsal().Play());

    private readonly Dictionary<ProcessName, RaftCore> _cores;
    private readonly Queue<(RaftCore Core, Input Input)> _inputs = [];
    private long _requests;

    private Rehearsal()
    {
        ProcessName[] names = [new("raft@a"), new("raft@b"), new("raft@c")];
        _cores = names.ToDictionary(name => name, name => new RaftCore(
            new CoreOptions
            {
                Self = new Member(name, new Incarnation(new Guid(1, 0, 0, new byte[8]))),
                Roster = [.. names],
                FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])),
                Seed = name.Value[^1],
            },
            InitialState.Empty));
    }

    /// <summary>The first call in a program takes about 60 ms.</summary>
    /// <returns>The term of the second leader, and its commit index.</returns>
    public static (Term Term, LogIndex Commit) PlayOnce() => Once.Value;

    private (Term Term, LogIndex Commit) Play()
    {
        StepAll(core => core.Others.Select(other => new Input.PeerReachable(other)));
        var lost = Lead().Options.Self.Name;
        _cores.Remove(lost);
        StepAll(_ => [new Input.PeerUnreachable(lost)]);
        var leader = Lead();
        return (leader.Term, leader.CommitIndex);
    }

    // The loop gives two heartbeats, and a proposal at each tick.
    private RaftCore Lead()
    {
        for (var tick = 0; tick < 10; tick++)
        {
            StepAll(core => [Input.Tick.Instance, new Input.Propose([new(new RequestId(core.Options.Self, ++_requests), "", default)])]);
        }

        return _cores.Values.Single(core => core.Role == RaftRole.Leader);
    }

    private void StepAll(Func<RaftCore, IEnumerable<Input>> inputs)
    {
        foreach (var (core, input) in _cores.Values.SelectMany(core => inputs(core).Select(input => (core, input))))
        {
            _inputs.Enqueue((core, input));
            while (_inputs.TryDequeue(out var next))
            {
                foreach (var effect in next.Core.Step(next.Input, default))
                {
                    if (effect is Effect.Send(var envelope) && _cores.TryGetValue(envelope.To.Name, out var receiver))
                    {
                        _inputs.Enqueue((receiver, new Input.Receive(envelope)));
                    }
                    else if (effect is Effect.Write { Acknowledgement: { } ticket })
                    {
                        _inputs.Enqueue((next.Core, new Input.Persisted(ticket)));
                    }
                }
            }
        }
    }
}

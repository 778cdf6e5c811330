namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The user's actor of a scenario, which tells its callbacks. Its state is the number of its pairs, which is also the result of each.
/// </summary>
internal class ScenarioActor : RaftActor<string, int>
{
    private readonly ScenarioScript _script;

    public ScenarioActor(ScenarioScript script, RaftOptions<string> options)
        : base(options)
    {
        _script = script;
        Receive<Action<ScenarioActor>>(run => run(this));
        script.AtConstruction?.Invoke(this);
    }

    /// <summary>The actor's access to its group.</summary>
    public RaftContext<string, int> Own => Group;

    protected int Count { get; set; }

    protected override void PreStart() => Say("starts");

    protected override void PreRestart(Exception reason, object message) => Say("restarts");

    protected override void PostRestart(Exception reason) => Say("starts");

    protected override void PostStop() => Say("stops");

    protected override int HandleAppend(Entry<string> entry)
    {
        Say($"HandleAppend {entry.Serial} {entry.Key}={entry.Value}{Of(entry.Request)}");
        Fail($"HandleAppend {entry.Key}");
        _script.Pass(_script.Slowness);
        return ++Count;
    }

    protected override object? HandleQuery(object question)
    {
        Say($"HandleQuery {question}");
        Fail($"HandleQuery {question}");
        return $"{question}={Count}";
    }

    protected override void HandleQuorum(Quorum? quorum) => Say($"HandleQuorum {quorum?.ToString() ?? "lost"}");

    protected override void HandleLeader(Leader? leader)
    {
        Say(leader is null
            ? "HandleLeader lost"
            : $"HandleLeader {leader.Name} of term {leader.Term} at serial {leader.Serial}{(leader.IsReady ? ", ready" : "")}");
        Fail($"HandleLeader {leader?.Name.Process}");
    }

    protected override void HandlePeer(RaftActors.Peer peer)
    {
        if (_script.ShowsPeers)
        {
            Say($"HandlePeer {peer.Name} at serial {peer.Serial}, {(peer.IsReachable ? "in reach" : "out of reach")}"
                + $"{(peer.Actor is null ? "" : ", with an actor")}");
        }

        Fail($"HandlePeer {peer.Name.Process}");
    }

    protected override void HandleCancel(CanceledCall call) =>
        Say($"HandleCancel {WhatOf(call)}{Of(call.Request)}: {ScenarioMessages.Describe(call.Failure)}");

    private static string WhatOf(CanceledCall call) => $"{call.Kind} {call.Key}{call.Serial}{call.Question}".TrimEnd();

    protected void Say(string what) => _script.Say(what);

    protected string Of(RequestRef? request) => request is { } known ? $" ({_script.Requests.NameOf(known)})" : "";

    protected void Fail(string callback)
    {
        if (_script.FailingOnce.Remove(callback) || _script.Failing.Contains(callback))
        {
            throw new ScenarioException($"{callback} fails");
        }
    }

    protected bool Fetches => _script.Fetches;

    protected Task MayWrite => _script.MayWrite;
}

/// <summary>Validates proposals: discards the value <c>no</c>.</summary>
internal sealed class ValidatingActor(ScenarioScript script, RaftOptions<string> options) : ScenarioActor(script, options)
{
    protected override string? HandleProposal(Proposal<string> proposal)
    {
        Say($"HandleProposal {proposal.Key}={proposal.Value} of {proposal.Origin}");
        Fail($"HandleProposal {proposal.Key}");
        return proposal.Value == "no" ? $"no {proposal.Key}" : null;
    }
}

/// <summary>Fetches the pairs that it lacks, and serves pairs to others.</summary>
internal class PullingActor(ScenarioScript script, RaftOptions<string> options) : ScenarioActor(script, options)
{
    protected override void HandleMissing(SerialRange gap)
    {
        Say($"HandleMissing {gap}");
        Fail("HandleMissing");
        if (Fetches)
        {
            Group.Get(gap);
        }
    }

    protected override void HandleSerial(Entry<string> entry)
    {
        Say($"HandleSerial {entry.Serial} {entry.Key}={entry.Value}{Of(entry.Request)}");
        Fail($"HandleSerial {entry.Key}");
        Count++;
    }

    protected override Entry<string>? HandleGet(Serial serial)
    {
        Say($"HandleGet {serial}");
        Fail($"HandleGet {serial}");
        return base.HandleGet(serial);
    }
}

/// <summary>Fetches pairs, and takes snapshots of its number of pairs.</summary>
internal sealed class PullingSnapshotActor(ScenarioScript script, RaftOptions<string> options)
    : PullingActor(script, options), IRaftSnapshot<string>
{
    public string TakeSnapshot(Serial serial)
    {
        Say($"TakeSnapshot {serial}");
        return $"{Count}";
    }

    public void RestoreSnapshot(Serial serial, string state)
    {
        Say($"RestoreSnapshot {serial}: {state}");
        Count = int.Parse(state);
    }
}

/// <summary>Takes snapshots of its number of pairs.</summary>
internal sealed class SnapshotActor(ScenarioScript script, RaftOptions<string> options)
    : ScenarioActor(script, options), IRaftSnapshot<string>
{
    public string TakeSnapshot(Serial serial)
    {
        Say($"TakeSnapshot {serial}");
        Fail("TakeSnapshot");
        return $"{Count}";
    }

    public void RestoreSnapshot(Serial serial, string state)
    {
        Say($"RestoreSnapshot {serial}: {state}");
        Fail("RestoreSnapshot");
        Count = int.Parse(state);
    }
}

/// <summary>Writes its number of pairs as a stream. The script says when the writer ends.</summary>
internal sealed class StreamingActor(ScenarioScript script, RaftOptions<string> options)
    : ScenarioActor(script, options), IRaftStreamSnapshot
{
    public StateWriter TakeSnapshot(Serial serial)
    {
        Say($"TakeSnapshot {serial}");
        var state = Count;
        return async (stream, stopping) =>
        {
            Say($"writes the state of serial {serial}");
            await MayWrite.WaitAsync(stopping);
            Fail("StateWriter");
            stream.Write("pairs: "u8);
            stream.WriteByte((byte)('0' + state));
        };
    }

    public void RestoreSnapshot(Serial serial, Stream state)
    {
        state.Seek(-1, SeekOrigin.End);
        Count = state.ReadByte() - '0';
        state.Position = 0;
        using var reader = new StreamReader(state);
        Say($"RestoreSnapshot {serial}: {reader.ReadToEnd()}");
    }
}

/// <summary>All lives of the actor share this.</summary>
internal sealed class ScenarioScript(ScenarioOutput output, ScenarioRequests requests, ScenarioTurns turns)
{
    /// <summary>How long HandleAppend takes.</summary>
    public TimeSpan Slowness { get; set; }

    public ScenarioRequests Requests => requests;

    /// <summary>The callbacks that throw, with their key or question.</summary>
    public HashSet<string> Failing { get; } = [];

    /// <summary>Those that throw once.</summary>
    public HashSet<string> FailingOnce { get; } = [];

    public bool ShowsPeers { get; set; }

    /// <summary>The actor fetches each gap.</summary>
    public bool Fetches { get; set; } = true;

    /// <summary>Runs in the constructor of the next lives; null: nothing does.</summary>
    public Action<ScenarioActor>? AtConstruction { get; set; }

    /// <summary>A writer of a state waits for it.</summary>
    public Task MayWrite { get; set; } = Task.CompletedTask;

    public void Pass(TimeSpan time) => turns.Pass(time);

    public void Say(string what) => output.Say(ScenarioOutput.Source.Actor, $"actor: {what}");
}

/// <summary>Thrown because the scenario says so.</summary>
internal sealed class ScenarioException(string message) : Exception(message);

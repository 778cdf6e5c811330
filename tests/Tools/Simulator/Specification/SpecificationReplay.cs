using System.Collections.Immutable;
using System.Text.Json;

using RaftActors.Core;
using RaftActors.Core.Tests.Harness;

using Harness = RaftActors.Core.Tests.Harness.SimulatedProcess;

namespace RaftActors.Simulator.Specification;

/// <summary>
/// Makes the steps of a trace on real Cores, and compares after each step. The schedule is the specification's. Messages that a
/// process sends by itself are its Core's: a vote, a request for votes or an acknowledgement is delivered only if the Core has sent it.
/// </summary>
internal sealed class SpecificationReplay
{
    private const int MaxQuorum = 3;

    // So long that no time is over by itself. The specification decides when an election timeout is over.
    private const int Never = 1_000_000;

    private static readonly ImmutableArray<ProcessName> Roster = [.. "abcd".Select(letter => new ProcessName($"{letter}@x"))];
    private static readonly Member Client = new(new ProcessName("client@x"), Harness.IncarnationOf(1));

    private readonly Dictionary<string, Harness> _processes = [];
    private readonly Dictionary<string, JsonElement> _specified = [];
    private readonly Dictionary<string, Envelope> _sent = [];
    private readonly List<(string Name, string Text)> _sentNow = [];

    private SpecificationReplay(SpecifiedStep begun)
    {
        var isFounded = begun.Processes["a"].GetProperty("memory").GetProperty("log").GetArrayLength() > 0;
        foreach (var name in Roster)
        {
            var content = StateOf(isFounded);
            var process = new Harness(OptionsOf(name), content, InitialState.Empty);
            process.Did += OnEffect;
            process.Start();
            process.Boot();
            _processes.Add(name.Process, process);
        }

        Compare(begun);
    }

    /// <summary>Returns the first step after which a Core differs from the specification; null if none does.</summary>
    public static string? FirstDifference(IReadOnlyList<SpecifiedStep> trace)
    {
        var at = 0;
        try
        {
            var replay = new SpecificationReplay(trace[0]);

            for (at = 1; at < trace.Count && !replay.IsOutside(trace[at]); at++)
            {
                replay.Make(trace[at]);
                replay.Compare(trace[at]);
            }

            return null;
        }
        catch (Exception failure) when (failure is Violation or InvariantException or ArgumentException or InvalidOperationException)
        {
            var step = trace[at];
            var with = step.Did is "Received" or "Sent" ? SpecificationText.OfMessage(step.With) : $"{step.With}";
            return $"step {at}, {step.Did} {with}: {failure.Message}";
        }
    }

    private static CoreOptions OptionsOf(ProcessName name) => new()
    {
        Self = new Member(name, Harness.IncarnationOf(1)),
        Roster = Roster,
        FoundingUid = new GroupUid(new Guid(Roster.IndexOf(name) + 1, 0, 0, new byte[8])),
        Seed = 0,
        MaxQuorum = MaxQuorum,
        ElectionTimeoutMinTicks = 3,
        ElectionTimeoutMaxTicks = Never,
        HeartbeatTicks = 1,
        FoundingTimeoutTicks = Never,
        GoneTicks = Never,
        StableTicks = Never,
        TransferTimeoutTicks = Never,
        DiskStallTicks = Never,
        KeepsQuorum = false,
        RaisesLogic = false,
        Variations = new RaftVariations(PreVote: false, CheckQuorum: false),
    };

    private static InitialState StateOf(bool isFounded)
    {
        var founded = FoundedGroup.State(Roster, MaxQuorum, new GroupUid(new Guid(9, 0, 0, new byte[8])), [1]);
        return isFounded
            ? founded
            : new InitialState(founded.HardState with { Term = Term.Zero, Group = GroupUid.None, Roster = Roster }, []);
    }

    /// <summary>
    /// Whether the replay ends before a step: a process loses its store, or campaigns without a configuration although it has met a process
    /// of a founded group. Core waits for that group instead.
    /// </summary>
    private bool IsOutside(SpecifiedStep step) => step.Did == "Wiped"
        || (step.Did == "Campaigned"
            && Named(step.With).Core!.State is { IsFounding: false, Configurations.IsEmpty: true });

    private void Make(SpecifiedStep step)
    {
        switch (step.Did)
        {
            case "Campaigned":
                Campaign(Named(step.With));
                break;
            case "Received" or "Ignored":
                Deliver(step.With);
                break;
            case "Sent":
                Send(step.With);
                break;
            case "Proposed":
                var request = new RequestId(Client, step.With.GetProperty("request").GetInt64());
                Named(step.With.GetProperty("name")).Step(new Input.Propose([new Payload.Pair(request, "key", default)], AreRetries: true));
                break;
            case "Reconfigured":
                Reconfigure(Named(step.With.GetProperty("name")), step.With.GetProperty("voters"));
                break;
            case "Synced":
                Named(step.With).FinishWrites();
                break;
            case "Restarted":
                var process = Named(step.With);
                process.Crash();
                process.Start();
                process.Boot();
                break;
        }
    }

    /// <summary>
    /// The election timer expires. Before the founding the others greet the process first, in the starts that it has recorded.
    /// </summary>
    private void Campaign(Harness process)
    {
        var (core, state) = (process.Core!, process.Core!.State);
        var term = core.Term;
        foreach (var other in Roster.Where(other => state.IsFounding && other != process.Name))
        {
            var member = new Member(other, Harness.IncarnationOf(1));
            var greeting = new Message.Greeting(default, process.Member.Incarnation, IsReply: true) { Version = core.Options.Version };
            var boot = state.HardState.LatestBootOf(member) ?? default;
            process.Step(new Input.Receive(new Envelope(member, process.Member, GroupUid.None, default, boot, greeting)));
        }

        // A founder that heard a leader first gives it up, and notes only then that all have greeted.
        for (var tries = 0; tries < 2 && core.Term == term; tries++)
        {
            state.Timer.Hasten(state.Now + 1);
            process.Step(Input.Tick.Instance);
        }
    }

    private void Deliver(JsonElement message)
    {
        var text = SpecificationText.OfMessage(message);
        Violation.Unless(_sent.ContainsKey(text), "sent", "the Core has not sent this message");
        var envelope = _sent[text];

        // A voter that hears a leader refuses other candidates for a while. The specification has no time.
        if (envelope.Body is Message.RequestVote request)
        {
            envelope = envelope with { Body = request with { IsTransfer = true } };
        }

        _processes[envelope.To.Name.Process].Step(new Input.Receive(envelope));
    }

    /// <summary>
    /// The specification lets a leader send any part of its log at any time, so the message is made here, of the Core's log.
    /// </summary>
    private void Send(JsonElement message)
    {
        var process = Named(message.GetProperty("from").GetProperty("name"));
        var to = _processes[message.GetProperty("to").GetProperty("name").GetString()!].Member;
        var (core, state, body) = (process.Core!, process.Core!.State, message.GetProperty("body"));
        var serial = core.LastPosition.Serial;
        Message made;
        if (SpecificationText.Tag(body) == "Snapshot")
        {
            var snapshot = core.Snapshot is { } known && known.Position.Index == core.CommitIndex
                ? known
                : core.DescribeSnapshot(core.CommitIndex, 0);
            made = new Message.SnapshotChunk(snapshot, snapshot.Sessions.Length, 0, snapshot.Sessions, default, serial, 0);
        }
        else
        {
            var previous = new LogIndex(body.GetProperty("value").GetProperty("previous").GetInt64());
            made = new Message.AppendEntries(state.Log.PositionAt(previous), state.Log.From(previous.Next), core.CommitIndex, serial);
        }

        _sent[SpecificationText.OfMessage(message)] = state.EnvelopeOf(to, made, core.Term);
    }

    private static void Reconfigure(Harness process, JsonElement voters)
    {
        var state = process.Core!.State;
        var chosen = voters.EnumerateArray().Select(SpecificationText.OfMember).ToHashSet();
        var members = process.Core!.Configuration.Everybody().ToLookup(member => chosen.Contains($"{member.Name.Process}1"));
        process.Step(new Input.ChangeMembers(
            new RequestId(Client, -1), state.Configurations.LatestIndex, new MemberChange.Assign([.. members[true]], [.. members[false]])));
    }

    private void Compare(SpecifiedStep step)
    {
        foreach (var (name, text) in _sentNow)
        {
            var isSynced = step.Did == "Synced" && step.With.GetString() == name;
            var promises = isSynced ? _specified[name] : step.Processes.GetValueOrDefault(name, _specified[name]);
            Violation.Unless(
                promises.GetProperty("held").EnumerateArray().Any(message =>
                    SpecificationText.OfMessage(message) == text && (isSynced || IsOnDisk(message, promises))),
                "promise",
                $"{name} sends what its disk does not have, or nobody asked for: {text}");
        }

        _sentNow.Clear();
        foreach (var (name, process) in step.Processes)
        {
            _specified[name] = process;
        }

        foreach (var (name, process) in _processes)
        {
            var expected = SpecificationText.OfProcess(_specified[name]);
            var actual = SpecificationText.OfProcess(process.Core!, process.Core!.State, process.Durable);
            Violation.Unless(expected == actual, "state", $"{name} differs\n  specified: {expected}\n  Core:      {actual}");
        }
    }

    /// <summary>Whether the disk of a process of the specification has what its message promises, so that it need not wait.</summary>
    private static bool IsOnDisk(JsonElement message, JsonElement process)
    {
        var (disk, body) = (process.GetProperty("disk"), message.GetProperty("body"));
        bool HasVotedFor(string member) => disk.GetProperty("term").GetInt64() == message.GetProperty("term").GetInt64()
            && SpecificationText.OfMember(disk.GetProperty("vote")) == SpecificationText.OfMember(message.GetProperty(member));
        return SpecificationText.Tag(body) switch
        {
            "Vote" => HasVotedFor("to"),
            "VoteRequest" => HasVotedFor("from"),
            _ => process.GetProperty("written").GetInt64() >= body.GetProperty("value").GetInt64(),
        };
    }

    private void OnEffect(Harness process, Effect effect)
    {
        if (effect is Effect.Send(var envelope) && SpecificationText.OfMessage(envelope) is { } text)
        {
            _sent[text] = envelope;
            _sentNow.Add((process.Name.Process, text));
        }
    }

    private Harness Named(JsonElement name) => _processes[name.GetString()!];
}

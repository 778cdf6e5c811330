using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>
/// One real Core with its disk and application, and the checkers that need no other process. The checkers remember all that it sent and
/// was given, over its restarts.
/// </summary>
internal sealed class LocalProcess
{
    private static readonly Member Client = new(new ProcessName("client@x"), SimulatedProcess.IncarnationOf(0, 1));
    private static readonly SimulatedProcess[] Founders =
        [.. Enumerable.Range(0, FoundedGroup.Size).Select(number => Stopped(number, Scope.All[0]))];

    private readonly ConfigurationChecker _configurations = new();
    private readonly Func<LogEntry, ulong> _hashOf;
    private Configuration _before;
    private bool _isReplay;

    public LocalProcess(int number, Scope scope, Func<LogEntry, ulong> hashOf)
    {
        (Scope, _hashOf, Process) = (scope, hashOf, Stopped(number, scope));
        Start();
        _before = Core.Configuration;
    }

    public Scope Scope { get; }

    public SimulatedProcess Process { get; }

    public RaftCore Core => Process.Core!;

    public RaftState State => Core.State;

    public ModelDisk Disk => (ModelDisk)Process.Disk;

    public Delivered Delivered { get; } = new();

    public VoteChecker Votes { get; } = new(new Entitlement(new Ledger(), [.. Founders], FoundedGroup.Size));

    /// <summary>The terms that it has led, a bit for each.</summary>
    public int Led { get; private set; }

    /// <summary>The messages that the latest input sent.</summary>
    public List<Envelope> Sent { get; } = [];

    /// <summary>The configuration by which the latest input elected this process; null if it did not.</summary>
    public Configuration? ElectedBy { get; private set; }

    /// <summary>The configurations before and after the latest input, if it delivered entries.</summary>
    public (Configuration Before, Configuration After)? CommittedBy { get; private set; }

    /// <summary>A read that may be answered now, at this index.</summary>
    public (long Read, long Index)? Answered { get; private set; }

    /// <summary>Takes one input.</summary>
    /// <param name="isReplay">The input was checked before, so its messages are not noted.</param>
    public void Take(LocalInput input, Envelope? message, bool isReplay)
    {
        _isReplay = isReplay;
        Sent.Clear();
        (ElectedBy, CommittedBy, Answered) = (null, null, null);
        Take(input, message);
        while (!Scope.HasSlowDisks && Disk.IsBusy)
        {
            Finish();
        }
    }

    private void Take(LocalInput input, Envelope? message)
    {
        switch (input.Kind)
        {
            case InputKind.Deliver:
                Step(new Input.Receive(message!));
                break;
            case InputKind.Timeout:
                State.Timer.Hasten(State.Now + 1);
                Step(Input.Tick.Instance);
                break;
            case InputKind.Wait:
                State.Timer.DueAt = Math.Max(State.Timer.DueAt, State.Election.StickyUntil + 1);
                while (State.Now < State.Election.StickyUntil)
                {
                    Step(Input.Tick.Instance);
                }

                break;
            case InputKind.Heartbeat:
                Step(Input.Tick.Instance);
                break;
            case InputKind.Propose:
                Step(new Input.Propose([PairOf(input.Argument)], AreRetries: Scope.Retries));
                break;
            case InputKind.Write:
                Finish();
                break;
            case InputKind.Crash:
                Process.Crash(new Prng(0));
                Start();
                break;
            case InputKind.Change:
                Step(new Input.ChangeMembers(new RequestId(Client, -1), State.Configurations.LatestIndex, ChangeTo(input.Argument)));
                break;
            case InputKind.Snapshot:
                TakeSnapshot();
                break;
            case InputKind.Read:
                Step(new Input.Read(new ReadId(input.Argument)));
                break;
            case InputKind.Transfer:
                Step(new Input.Transfer(FoundedGroup.Members[input.Argument].Name));
                break;
            default:
                Step(new Input.PeerReachable(FoundedGroup.Members[input.Argument].Name));
                break;
        }
    }

    private static Payload.Pair PairOf(int number) =>
        new(new RequestId(Client, number), KeyValueState.KeyName(0), BitConverter.GetBytes((long)number));

    private static MemberChange ChangeTo(int voters)
    {
        var isVoter = FoundedGroup.Members.ToLookup(member => ((voters >> FoundedGroup.NumberOf(member.Name)) & 1) != 0);
        return new MemberChange.Assign([.. isVoter[true]], [.. isVoter[false]]);
    }

    private static SimulatedProcess Stopped(int number, Scope scope)
    {
        var process = new SimulatedProcess(number, FoundedGroup.OptionsOf(number, scope), [], rate: 1000, origin: 0);
        process.Use((_, _) => new ModelDisk(FoundedGroup.Disk()));
        return process;
    }

    private void Start()
    {
        Process.Start((ulong)Process.Starts + 1);
        if (Disk.Snapshot is { } snapshot)
        {
            Delivered.Give(Process, snapshot.Snapshot);
        }

        Step(new Input.Persisted(default)); // Core asks for the write of its boot.
    }

    private void TakeSnapshot()
    {
        var data = Process.State.ToBytes();
        Process.SnapshotTo = Process.Given;
        Disk.Write(new TakenSnapshot(Core.DescribeSnapshot(new LogIndex(Process.Given), data.Length), data));
    }

    private void Finish()
    {
        switch (Disk.Finish())
        {
            case TakenSnapshot taken:
                Step(new Input.SnapshotTaken(taken.Snapshot));
                break;
            case Effect.Write { Acknowledgement: { } ticket }:
                Step(new Input.Persisted(ticket));
                break;
        }
    }

    private void Step(Input input)
    {
        var wasLeader = Core.Role == RaftRole.Leader;
        _before = Core.Configuration;
        foreach (var effect in Core.Step(input))
        {
            Carry(effect);
        }

        if (Core.Role == RaftRole.Leader)
        {
            Led |= 1 << (int)Core.Term.Value;
            ElectedBy = wasLeader ? ElectedBy : _before;
        }
    }

    private void Carry(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send(var envelope):
                Send(envelope);
                break;
            case Effect.SendChunk chunk:
                var body = (Message.SnapshotChunk)chunk.Envelope.Body;
                if (Disk.Read(body.Snapshot.Position, chunk.Offset, chunk.Limit) is { } data)
                {
                    Send(chunk.Envelope with { Body = body with { Data = data } });
                }

                break;
            case Effect.SendEntries send when Disk.ReadLog(send.First, send.Last.Index) is { IsEmpty: false } page:
                Send(send.With(page));
                break;
            case Effect.Persist(_, _, var entries):
                Process.Log.Write(entries);
                _configurations.OnWritten(Process, entries);
                ConfigurationChecker.CheckInForce(Process, entries);
                Disk.Write(effect);
                break;
            case Effect.StoreChunk store:
                Process.Incoming.SetLength(store.Offset);
                Process.Incoming.Position = store.Offset;
                Process.Incoming.Write(store.Data.Span);
                Disk.Write(effect);
                break;
            case Effect.InstallSnapshot install:
                Install(install);
                break;
            case Effect.Discard discard:
                Process.Log.DiscardUpTo(discard.Log);
                Disk.Write(effect);
                break;
            case Effect.Commit(var entries):
                Commit(entries);
                break;
            case Effect.ReadReady(var read, var index):
                Answered = (read.Value, index.Value);
                break;
            case Effect.Fenced fenced:
                throw new Violation("fence", $"{Process.Member} is fenced: {fenced.Fence}");
        }
    }

    private void Send(Envelope envelope)
    {
        Votes.OnSend(Process, envelope);
        if (!_isReplay)
        {
            AcknowledgementChecker.OnSend(Process, envelope);
            Sent.Add(envelope);
        }
    }

    private void Install(Effect.InstallSnapshot install)
    {
        Process.State.Load(Process.Incoming.GetBuffer().AsSpan(0, (int)Process.Incoming.Length));
        var index = install.Snapshot.Position.Index.Value;
        Violation.Unless(index >= Process.Given, "delivery", $"{Process.Member} receives {install.Snapshot} after {Process.Given}");
        DeliveryChecker.CheckKeptLog(Process, install);
        Delivered.Give(Process, install.Snapshot);
        Process.Given = Process.SnapshotTo = index;
        Process.Log.BeginAt(install.Snapshot.Position, install.KeepsLog);
        Disk.Write(install);
    }

    private void Commit(LogSlice entries)
    {
        CommittedBy = (_before, Core.Configuration);
        foreach (ref readonly var entry in entries)
        {
            var index = entry.Index.Value;
            Violation.Unless(index == Process.Given + 1, "delivery", $"{entry} is delivered to {Process.Member} after {Process.Given}");
            Process.Given = index;
            Process.State.Apply(entry);
            Delivered.Give(Process, entry, _hashOf(entry));
        }

        DeliveryChecker.CheckCommittedByOwnTerm(Process, entries[^1]);
    }
}

using System.Collections.Immutable;

namespace RaftActors.Storage.Tests.Tools;

/// <summary>Cores with instant messages and disks that lose no write.</summary>
internal sealed class Survivors
{
    public static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    public static readonly ImmutableArray<ProcessName> Names =
        [new("raft1@x"), new("raft2@x"), new("raft3@x"), new("raft4@x"), new("raft5@x"), new("raft6@x"), new("raft7@x")];

    private readonly Dictionary<ProcessName, RaftCore> _cores = [];
    private readonly Queue<Envelope> _mail = [];

    /// <summary>Of the cores that are started from now on.</summary>
    public long StartedAt { get; set; }

    public List<(ProcessName At, LogEntry Entry)> Committed { get; } = [];

    public List<(ProcessName At, Effect.Refused Refusal)> Refusals { get; } = [];

    public RaftCore this[int number] => _cores[Names[number - 1]];

    public RaftCore? Leader => _cores.Values.SingleOrDefault(core => core.Role == RaftRole.Leader);

    public static Member MemberOf(int number) => new(Names[number - 1], new Incarnation(new Guid(number, 0, 0, new byte[8])));

    /// <summary>
    /// A store of a group of <paramref name="processes"/>. Entry 1 is the configuration, the others are pairs, with these terms.
    /// </summary>
    public static InitialState StateOf(int processes, params long[] terms)
    {
        ImmutableArray<Member> members = [.. Enumerable.Range(1, processes).Select(MemberOf)];
        var configuration = new Configuration(Group, processes, members, [], [], []);
        var hardState = new HardState(new Term(terms[^1]), null, [.. members.Select(member => new PeerRecord(member, default))])
        {
            IsAdmitted = true,
            Group = Group,
        };
        return new InitialState(hardState, [.. terms.Select((term, i) => EntryAt(i, term, configuration))]);
    }

    public void Start(int number, InitialState state)
    {
        var options = new CoreOptions
        {
            Self = MemberOf(number),
            Roster = Names[..5],
            FoundingUid = new GroupUid(new Guid(9, 0, 0, new byte[8])),
            Seed = (ulong)number,
            GoneTicks = 100,
            StartedAt = StartedAt,
        };
        _cores[Names[number - 1]] = new RaftCore(options, state);
    }

    public void Stop(int number) => _cores.Remove(Names[number - 1]);

    public void Tick(int ticks = 1)
    {
        for (var i = 0; i < ticks; i++)
        {
            foreach (var name in _cores.Keys.Order().ToList())
            {
                Step(name, Input.Tick.Instance);
            }

            while (_mail.TryDequeue(out var envelope))
            {
                Step(envelope.To.Name, new Input.Receive(envelope));
            }
        }
    }

    public void Propose(string key) =>
        Step(Leader!.Options.Self.Name, new Input.Propose([new Payload.Pair(null, key, ReadOnlyMemory<byte>.Empty)]));

    /// <summary>The log as text: index and term of each entry.</summary>
    public string LogOf(int number)
    {
        var core = this[number];
        return string.Join(", ", core.Read(core.Base.Index.Next, int.MaxValue).Select(entry => $"{entry.Index}/{entry.Term}"));
    }

    private static LogEntry EntryAt(int i, long term, Configuration configuration) => new(
        new LogIndex(i + 1),
        new Term(term),
        new Serial(i),
        i == 0 ? new Payload.Reconfigure(configuration) : new Payload.Pair(null, $"{term}.{i}", ReadOnlyMemory<byte>.Empty));

    private void Step(ProcessName name, Input input)
    {
        if (!_cores.TryGetValue(name, out var core))
        {
            return;
        }

        foreach (var effect in core.Step(input))
        {
            switch (effect)
            {
                case Effect.Send(var envelope):
                    _mail.Enqueue(envelope);
                    break;
                case Effect.Persist persist:
                    Step(name, new Input.Persisted(persist.Ticket));
                    break;
                case Effect.Commit(var entries):
                    Committed.AddRange(entries.Select(entry => (name, entry)));
                    break;
                case Effect.Refused refusal:
                    Refusals.Add((name, refusal));
                    break;
            }
        }
    }
}

namespace RaftActors.Storage.Tests.Contract;

/// <summary>The content that the cases write: every kind of write, with every field set.</summary>
internal static class StoreSamples
{
    private static readonly Member[] Members =
        [.. Enumerable.Range(1, 5).Select(i => new Member(new ProcessName($"raft{i}@node{i}"), new Incarnation(IdOf(i))))];

    /// <summary>One name in two incarnations.</summary>
    private static readonly PeerRecord[] Recorded =
    [
        new(Members[1], new Boot(3, ulong.MaxValue)),
        new(Members[2], default),
        new(Members[2] with { Incarnation = new Incarnation(IdOf(7)) }, new Boot(long.MaxValue, 1)),
    ];

    public static GroupUid Group { get; } = new(IdOf(99));

    public static Configuration Plain { get; } = new(Group, 3, [Members[0], Members[1], Members[2]], [], [Members[3]], []);

    public static Configuration Joint { get; } = Plain with
    {
        Voters = [Members[0], Members[1], Members[3]],
        OldVoters = Plain.Voters,
        FoundingSerials = [new FoundingSerial(Members[0].Name, new Serial(7)), new FoundingSerial(Members[1].Name, Serial.Zero)],
    };

    /// <summary>A configuration with a smaller maximum of the quorum.</summary>
    public static Configuration Bounded { get; } = Joint with { MaxQuorum = 5 };

    public static HardState HardState(long term, bool isFull = false) => isFull
        ? new HardState(new Term(term), Members[1], [.. Recorded])
        {
            IsAdmitted = true,
            Group = Group,
            Boot = new Boot(12, 0xFEED),
            Fence = Fence.Diverged(new Serial(4)),
            Roster = [Members[0].Name, Members[1].Name, Members[2].Name],
        }
        : new HardState(new Term(term), null, []);

    /// <summary>Returns the pair at an index. Its serial equals the index.</summary>
    public static LogEntry Entry(long index, long term, string key = "key", int size = 3) =>
        Entry(index, term, new Payload.Pair(null, $"{key}{index}", Bytes(size, index)));

    public static LogEntry Entry(long index, long term, Payload payload) =>
        new(new LogIndex(index), new Term(term), new Serial(index), payload) { Time = TimeOf(index) };

    /// <summary>The keys of a snapshot, the first of which was forgotten.</summary>
    public static KeyTable Keys { get; } = new(
        new Serial(1),
        [new(KeyOf(2), new LogIndex(3), new Serial(2)), new(KeyOf(3), new LogIndex(long.MaxValue), new Serial(long.MaxValue))]);

    /// <summary>Returns a pair with a request key.</summary>
    public static LogEntry KeyedEntry(long index, long term) =>
        Entry(index, term, new Payload.KeyedPair(KeyOf(index), new RequestId(Members[4], index), "keyed", Bytes(20, index)));

    /// <summary>Returns one entry of each kind, from an index upwards, except a pair with a request key.</summary>
    public static LogEntry[] AllKinds(long from, long term) =>
    [
        Entry(from, term, Payload.NoOp.Instance),
        Entry(from + 1, term, new Payload.Reconfigure(Joint)),
        Entry(from + 2, term, new Payload.Reconfigure(Plain)),
        Entry(from + 3, term, new Payload.Pair(new RequestId(Members[0], long.MaxValue), "Größe 漢字 😀", Bytes(40, 1))),
        Entry(from + 4, term, new Payload.Pair(null, "", ReadOnlyMemory<byte>.Empty)),
    ];

    public static LogPosition Position(long index, long term) =>
        new(new LogIndex(index), new Term(term), new Serial(index), 0xABCD_0000_0000_0000UL + (ulong)index, TimeOf(index));

    /// <summary>Returns a snapshot up to an index.</summary>
    /// <param name="size">Bytes of the state.</param>
    public static SavedSnapshot Snapshot(long index, long term, int size)
    {
        var answered = new AnsweredRequest(5, new LogIndex(index), new Serial(index));
        var session = new SessionState(Members[4], 2, answered.Serial, [answered with { Number = 3 }, answered]);
        var snapshot = new Snapshot(Position(index, term), new LogIndex(1), Joint, [session], size)
        {
            ForgottenOrigins = new Serial(index - 1),
        };
        return new SavedSnapshot(snapshot, Bytes(size, index * 31));
    }

    // From 2026 on. Two entries have one time.
    private static LogTime TimeOf(long index) => new(1_767_225_600_000 + (index / 2));

    private static RequestKeyHash KeyOf(long number) => new(new Guid((int)number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

    public static byte[] Bytes(int size, long seed)
    {
        var bytes = new byte[size];
        new Random((int)seed).NextBytes(bytes);
        return bytes;
    }

    private static Guid IdOf(int number) => new(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
}

using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// All committed entries, by index. Every process must deliver the same entry at an index (state machine safety). No committed entry may
/// be lost or changed. Serials are dense, times never fall, and a request is appended once.
/// </summary>
internal sealed class Ledger
{
    private readonly List<(LogEntry Entry, Term Term, ulong State)> _entries = [];
    private readonly Dictionary<RequestId, Serial> _requests = [];
    private readonly HashSet<Member> _members = [];
    private readonly KeyValueState _state = new();

    public int Count => _entries.Count;

    public int MembershipChanges { get; private set; }

    public Configuration? Configuration { get; private set; }

    /// <summary>The index of the first configuration; 0 without one.</summary>
    public long FoundedAt { get; private set; }

    /// <summary>The index of <see cref="Configuration"/>.</summary>
    public long ConfiguredAt { get; private set; }

    public LogEntry this[long index] => _entries[(int)index - 1].Entry;

    public Term CommittedIn(long index) => _entries[(int)index - 1].Term;

    public ulong StateAt(long index) => index == 0 ? 0 : _entries[(int)index - 1].State;

    /// <summary>Returns the application's state at an index, computed from the entries.</summary>
    public KeyValueState Replay(long index)
    {
        var state = new KeyValueState();
        for (var next = 1L; next <= index; next++)
        {
            state.Apply(this[next]);
        }

        return state;
    }

    /// <summary>Whether a committed configuration held the member.</summary>
    public bool WasMember(Member member) => _members.Contains(member);

    public Serial? SerialOf(RequestId request) => _requests.TryGetValue(request, out var serial) ? serial : null;

    /// <summary>Notes a delivery to a process. Returns true for the first delivery of the index.</summary>
    public bool Give(SimulatedProcess process, in LogEntry entry)
    {
        var index = entry.Index.Value;
        if (index <= Count)
        {
            var known = this[index];
            if (!Same.Entry(known, entry))
            {
                throw new Violation("state machine", $"{entry} is delivered to {process.Member}, but {known} was committed at its index");
            }

            return false;
        }

        if (index != Count + 1)
        {
            throw new Violation("state machine", $"{entry} is delivered to {process.Member}, but the last index is {Count}");
        }

        Add(process, entry);
        return true;
    }

    private void Add(SimulatedProcess process, in LogEntry entry)
    {
        var last = Count == 0 ? Serial.Zero : _entries[^1].Entry.Serial;
        var isDense = entry.Serial == (entry.Payload is Payload.Pair ? last.Next : last);
        if (!isDense)
        {
            throw new Violation("serials", $"the serial of {entry} does not follow on {last}");
        }

        if (Count > 0 && entry.Time < _entries[^1].Entry.Time)
        {
            throw new Violation("times", $"the time of {entry} is below that of {_entries[^1].Entry}");
        }

        if (entry.Payload is Payload.Pair { Request: { } request } && !_requests.TryAdd(request, entry.Serial))
        {
            throw new Violation("requests", $"{request} was appended twice, as serial {_requests[request]} and {entry.Serial}");
        }

        if (entry.Payload is Payload.Reconfigure(var configuration))
        {
            Configuration = configuration;
            MembershipChanges++;
            ConfiguredAt = entry.Index.Value;
            _members.UnionWith(configuration.Everybody());
            FoundedAt = FoundedAt == 0 ? entry.Index.Value : FoundedAt;
        }

        _state.Apply(entry);
        _entries.Add((entry, process.Core!.Term, _state.Hash));
    }
}

/// <summary>Compares entries. Most equal entries of one process are the same object.</summary>
internal static class Same
{
    public static bool Entry(in LogEntry one, in LogEntry other) =>
        (one.Index, one.Term, one.Serial, one.Time) == (other.Index, other.Term, other.Serial, other.Time)
        && Content(one.Payload, other.Payload);

    public static bool Content(Payload one, Payload other) =>
        ReferenceEquals(one, other)
        || (one, other) switch
        {
            (Payload.Pair pair, Payload.Pair second) =>
                pair.Request == second.Request && pair.Key == second.Key && pair.Value.Span.SequenceEqual(second.Value.Span)
                && (pair as Payload.KeyedPair)?.RequestKey == (second as Payload.KeyedPair)?.RequestKey,
            (Payload.NoOp, Payload.NoOp) => true,
            _ => $"{one}" == $"{other}",
        };
}

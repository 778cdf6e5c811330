namespace RaftActors.Core;

/// <summary>
/// The uncommitted part of a leader's log: its size, and the highest request number of each origin in it. Numbers rise. So a
/// request above that number, and above the committed ones, is not in the log, and need not be searched for.
/// </summary>
internal sealed class OpenProposals
{
    private const int FewOrigins = 2048;

    private readonly Dictionary<Member, Highest> _byOrigin = [];
    private Highest? _latest;
    private int _manyOrigins = FewOrigins;

    /// <summary>The approximate size of keys and values in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// So many origins have gathered that <see cref="Rebuild"/> should forget those whose requests are committed.
    /// </summary>
    public bool HasManyOrigins => _byOrigin.Count >= _manyOrigins;

    /// <summary>Starts from the uncommitted entries of a log.</summary>
    public void Rebuild(LogSlice open)
    {
        _byOrigin.Clear();
        (_latest, Bytes) = (null, 0);
        foreach (var entry in open)
        {
            Append(entry.Payload);
        }

        _manyOrigins = Math.Max(FewOrigins, 2 * _byOrigin.Count);
    }

    /// <summary>Notes that the log has an entry.</summary>
    public void Append(Payload payload)
    {
        Bytes += payload.Size;
        if (payload is Payload.Pair { Request: { } request })
        {
            var highest = Of(request.Origin);
            if (highest is null)
            {
                highest = new Highest(request.Origin);
                _byOrigin.Add(request.Origin, highest);
            }

            highest.Number = Math.Max(highest.Number, request.Number);
            _latest = highest;
        }
    }

    /// <summary>Notes that an entry is committed.</summary>
    public void Commit(Payload payload)
    {
        Bytes -= payload.Size;
        Invariant.That(Bytes >= 0, "an entry is committed once");
    }

    /// <summary>Whether the number is above all uncommitted ones of its origin.</summary>
    public bool IsAboveAll(RequestId request) => Of(request.Origin) is not { } highest || request.Number > highest.Number;

    private Highest? Of(Member origin) => _latest?.Origin == origin ? _latest : _byOrigin.GetValueOrDefault(origin);

    private sealed class Highest(Member origin)
    {
        public Member Origin => origin;

        public long Number { get; set; }
    }
}

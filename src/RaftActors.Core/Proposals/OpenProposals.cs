namespace RaftActors.Core;

/// <summary>
/// What of a leader's log is not committed yet: how much it is, and the highest request number of each origin in it. Numbers rise, so a
/// request above that, and above what <see cref="Sessions"/> knows, is in the log nowhere; only another one is worth a search.
/// </summary>
internal sealed class OpenProposals
{
    private const int FewOrigins = 2048;

    private readonly Dictionary<Member, Highest> _byOrigin = [];
    private Highest? _latest;
    private int _manyOrigins = FewOrigins;

    /// <summary>Bytes of keys and values, roughly.</summary>
    public long Bytes { get; private set; }

    /// <summary>Origins have gathered whose requests may all be committed by now; <see cref="Rebuild"/> forgets these.</summary>
    public bool HasManyOrigins => _byOrigin.Count >= _manyOrigins;

    /// <summary>Begins anew with what is open.</summary>
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

    /// <summary>The log took this.</summary>
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

    /// <summary>This is committed.</summary>
    public void Commit(Payload payload) => Bytes -= payload.Size;

    /// <summary>No request of that origin that is open has a number as high.</summary>
    public bool IsAboveAll(RequestId request) => Of(request.Origin) is not { } highest || request.Number > highest.Number;

    private Highest? Of(Member origin) => _latest?.Origin == origin ? _latest : _byOrigin.GetValueOrDefault(origin);

    private sealed class Highest(Member origin)
    {
        public Member Origin => origin;

        public long Number { get; set; }
    }
}

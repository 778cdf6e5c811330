namespace RaftActors.Network;

/// <summary>
/// The answers that wait for all clients of this node together. Their bytes are bounded. When there are too many, the slowest client has to
/// go: the one with the most bytes, multiplied by the time that they wait. So a client that reads keeps its connection while it gets a
/// large answer, whatever slower ones do. Thread-safe.
/// </summary>
/// <param name="maxBytes">The most bytes that wait, besides the last <see cref="StepMaxBytes"/> of each client.</param>
internal sealed class PendingReplies(int maxBytes, TimeProvider clock)
{
    /// <summary>The bytes of all clients are counted each time that one client has so many more.</summary>
    public const int StepMaxBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<Place> _places = [];
    private readonly int _stepBytes = Math.Min(StepMaxBytes, maxBytes);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>A client has connected.</summary>
    public void Enter(Place place)
    {
        lock (_lock)
        {
            _places.Add(place);
        }
    }

    /// <summary>The connection of a client has ended.</summary>
    public void Leave(Place place)
    {
        lock (_lock)
        {
            _places.Remove(place);
        }
    }

    /// <summary>An answer is about to be written. Call it with the client's lock.</summary>
    /// <param name="isFirst">All earlier answers were sent, or are being sent.</param>
    public void OnWriting(Place place, bool isFirst)
    {
        place.CountAt = Math.Min(place.CountAt, place.WaitingBytes + _stepBytes);
        if (isFirst)
        {
            place.Since = clock.GetTimestamp();
        }
    }

    /// <summary>An answer was written. True: call <see cref="MakeRoom"/>. Call it with the client's lock.</summary>
    public bool OnWritten(Place place)
    {
        var waiting = place.WaitingBytes;
        if (waiting < place.CountAt)
        {
            return false;
        }

        place.CountAt = waiting + _stepBytes;
        return true;
    }

    /// <summary>Closes the slowest clients until the answers of the others fit. Call it without a client's lock.</summary>
    public void MakeRoom()
    {
        while (TakeSlowest() is { } leaving)
        {
            leaving.Close();
        }
    }

    // Null: there is room.
    private Place? TakeSlowest()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var (all, most) = (0L, 0.0);
            Place? slowest = null;
            foreach (var place in _places)
            {
                var waiting = place.WaitingBytes;
                var weight = waiting * (1 + clock.GetElapsedTime(place.Since, now).TotalMilliseconds);
                all += waiting;
                if (weight > most)
                {
                    (most, slowest) = (weight, place);
                }
            }

            if (all <= maxBytes || slowest is null)
            {
                return null;
            }

            _places.Remove(slowest);
            return slowest;
        }
    }

    /// <summary>One client.</summary>
    /// <param name="waitingBytes">Counts the bytes that wait for it. Called on any thread.</param>
    /// <param name="close">Closes its connection, because it is the slowest one.</param>
    internal sealed class Place(Func<int> waitingBytes, Action close)
    {
        public int WaitingBytes => waitingBytes();

        /// <summary>All clients are counted when so many bytes wait. Guarded by the client's lock.</summary>
        public long CountAt { get; set; } = long.MaxValue;

        /// <summary>Time of the oldest answer that is not being sent; if all are, of the oldest one of these.</summary>
        public long Since { get; set; }

        public void Close() => close();
    }
}

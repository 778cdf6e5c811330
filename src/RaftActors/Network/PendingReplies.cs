namespace RaftActors.Network;

/// <summary>
/// Bounds the bytes of the answers that wait for all clients of this node together. Beyond the bound, the slowest client loses its
/// connection: the one with the most bytes, multiplied by the time that they wait. So a client that reads keeps its connection during a
/// large answer, whatever slower clients do. Thread-safe.
/// </summary>
/// <param name="maxBytes">The most bytes that wait, besides the last <see cref="StepMaxBytes"/> of each client.</param>
internal sealed class PendingReplies(int maxBytes, TimeProvider clock)
{
    /// <summary>The bytes of all clients are counted whenever those of one client have grown by this much.</summary>
    public const int StepMaxBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<Place> _places = [];
    private readonly int _stepBytes = Math.Min(StepMaxBytes, maxBytes);

    /// <summary>Out of date at once while other threads change it.</summary>
    public int Count => _places.Count;

    public void Enter(Place place)
    {
        lock (_lock)
        {
            _places.Add(place);
        }
    }

    public void Leave(Place place)
    {
        lock (_lock)
        {
            _places.Remove(place);
        }
    }

    /// <summary>Prepares for an answer. Call it with the client's lock, before the answer is written.</summary>
    /// <param name="isFirst">No earlier answer waits to be sent.</param>
    public void OnWriting(Place place, bool isFirst)
    {
        place.CountAt = Math.Min(place.CountAt, place.WaitingBytes + _stepBytes);
        if (isFirst)
        {
            place.Since = clock.GetTimestamp();
        }
    }

    /// <summary>Counts a written answer. If it returns true, call <see cref="MakeRoom"/>. Call it with the client's lock.</summary>
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

    // Null if there is room.
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

    /// <param name="waitingBytes">Counts the bytes that wait for the client. Called on any thread.</param>
    /// <param name="close">Closes the client's connection.</param>
    internal sealed class Place(Func<int> waitingBytes, Action close)
    {
        public int WaitingBytes => waitingBytes();

        /// <summary>When this many bytes wait, the bytes of all clients are counted. Guarded by the client's lock.</summary>
        public long CountAt { get; set; } = long.MaxValue;

        /// <summary>Time of the oldest answer that is not being sent, or of the oldest one being sent if there is no other.</summary>
        public long Since { get; set; }

        public void Close() => close();
    }
}

namespace RaftActors.Delivery;

/// <summary>
/// The pairs that the engine has released to one instance of the actor. It reads <see cref="CommittedPairs"/> in batches, so a slow actor
/// holds one batch besides the log. Not thread-safe: the actor's own.
/// </summary>
/// <param name="released">The serial that the actor starts with.</param>
internal sealed class CommittedReader(CommittedPairs pairs, Serial released)
{
    private const int BatchMax = 64;

    private readonly StoredPair[] _batch = new StoredPair[BatchMax];
    private int _count;

    /// <summary>The last serial that may be delivered. Compacted pairs up to it cannot be read.</summary>
    public Serial Released { get; private set; } = released;

    public void Release(Serial serial) => Released = serial > Released ? serial : Released;

    public PairEpoch EpochOf(Serial serial) => pairs.EpochOf(serial);

    /// <summary>Returns a pair, or null if it is not released, or compacted.</summary>
    public StoredPair? TryRead(Serial serial)
    {
        if (serial > Released)
        {
            return null;
        }

        // A pair in the batch may be compacted by now, but it is still the pair of its serial.
        var place = _count == 0 ? -1 : serial.Value - _batch[0].Serial.Value;
        if (place < 0 || place >= _count)
        {
            _count = pairs.ReadAfter(new Serial(serial.Value - 1), _batch);
            place = 0;
        }

        return place < _count ? _batch[place] : null;
    }
}

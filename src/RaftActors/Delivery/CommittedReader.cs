namespace RaftActors.Delivery;

/// <summary>
/// One life's view of <see cref="CommittedPairs"/>: the pairs up to the serial that the engine released. It reads them in batches, so a
/// slow actor holds one batch beside the log. Not thread-safe: the actor's own.
/// </summary>
/// <param name="released">The serial that the life starts with.</param>
internal sealed class CommittedReader(CommittedPairs pairs, Serial released)
{
    private const int BatchMax = 64;

    private readonly StoredPair[] _batch = new StoredPair[BatchMax];
    private int _count;

    /// <summary>Pairs up to this serial may be delivered. A compacted one among them cannot be read.</summary>
    public Serial Released { get; private set; } = released;

    public void Release(Serial serial) => Released = serial > Released ? serial : Released;

    /// <summary>As the committed pairs say.</summary>
    public PairEpoch EpochOf(Serial serial) => pairs.EpochOf(serial);

    /// <summary>The pair of this serial; null if it is not released, or compacted.</summary>
    public StoredPair? TryRead(Serial serial)
    {
        if (serial > Released)
        {
            return null;
        }

        // A pair in the batch may be compacted by now. It is still the pair of its serial.
        var place = _count == 0 ? -1 : serial.Value - _batch[0].Serial.Value;
        if (place < 0 || place >= _count)
        {
            _count = pairs.ReadAfter(new Serial(serial.Value - 1), _batch);
            place = 0;
        }

        return place < _count ? _batch[place] : null;
    }
}

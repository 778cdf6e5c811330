using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// A process's store in memory: gone with the process, so it keeps nothing that Core keeps itself but the committed pairs. Writes come
/// from the engine alone; <see cref="Read"/> and <see cref="CommittedSerial"/> may be called from any thread.
/// </summary>
internal sealed class MemoryStore
{
    private readonly Lock _lock = new();
    private readonly List<StoredPair> _pairs = [];
    private Serial _committedSerial;

    /// <summary>The last committed pair.</summary>
    public Serial CommittedSerial
    {
        get
        {
            lock (_lock)
            {
                return _committedSerial;
            }
        }
    }

    /// <summary>Durable as far as memory goes: at once.</summary>
    public static Input.Persisted Persist(Effect.Persist write) => new(write.Ticket);

    /// <summary>Takes committed entries, in order; pairs are kept, by serial.</summary>
    public void Commit(LogSlice entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                if (entry.Payload is Payload.Pair pair)
                {
                    _pairs.Add(new StoredPair(entry.Serial, pair.Key, pair.Value, pair.Request));
                    _committedSerial = entry.Serial;
                }
            }
        }
    }

    /// <summary>The committed pair of this serial, or null.</summary>
    public StoredPair? Read(Serial serial)
    {
        lock (_lock)
        {
            return serial.Value >= 1 && serial.Value <= _pairs.Count ? _pairs[(int)serial.Value - 1] : null;
        }
    }
}

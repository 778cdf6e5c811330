using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// The writes that the stores of a directory ask for, in order. Any thread may call <see cref="Add"/> and <see cref="Close"/>. The other
/// members belong to the writing thread. Allocates nothing once its arrays are large enough.
/// </summary>
internal sealed class WriteQueue
{
    private const int CapacityMin = 64;

    private readonly object _gate = new();
    private Item[] _items = new Item[CapacityMin];
    private int _count;
    private bool _isWaiting;
    private bool _isClosed;

    // The items that the writing thread has taken and not finished.
    private Item[] _taken = new Item[CapacityMin];
    private int _takenCount;
    private int _at;
    private Item[] _deferred = [];
    private int _deferredCount;

    public readonly record struct Item(SlotOpening Opening, Effect.Write Write)
    {
        public Slot Slot => Opening.Slot;
    }

    public bool HasTaken => _at < _takenCount;

    public ref readonly Item Next => ref _taken[_at];

    public ReadOnlySpan<Item> Taken => _taken.AsSpan(_at, _takenCount - _at);

    public ReadOnlySpan<Item> Deferred => _deferred.AsSpan(0, _deferredCount);

    /// <summary>Tells whether one of the items installs a snapshot for this opening.</summary>
    public static bool HasInstallation(ReadOnlySpan<Item> items, SlotOpening opening)
    {
        foreach (ref readonly var item in items)
        {
            if (item.Opening == opening && item.Write is Effect.InstallSnapshot)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Queues a write, unless the queue is closed.</summary>
    public void Add(SlotOpening opening, Effect.Write write)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            Append(ref _items, ref _count, new Item(opening, write));
            Wake();
        }
    }

    /// <summary>Finishes the next item.</summary>
    public void Done()
    {
        _taken[_at++] = default;
        if (_at == _takenCount)
        {
            (_at, _takenCount) = (0, 0);
        }
    }

    /// <summary>Puts the next item off. <see cref="Take"/> takes it again once no other item is left.</summary>
    public void Defer()
    {
        Append(ref _deferred, ref _deferredCount, Next);
        Done();
    }

    /// <summary>Takes the queued items, behind the deferred ones.</summary>
    public void Take()
    {
        if (!HasTaken && _deferredCount > 0)
        {
            (_deferred, _taken, _takenCount, _deferredCount) = (_taken, _deferred, _deferredCount, 0);
            foreach (var item in Taken)
            {
                item.Opening.IsStalled = false;
            }
        }

        lock (_gate)
        {
            if (!HasTaken)
            {
                (_items, _taken, _takenCount, _count) = (_taken, _items, _count, 0);
                return;
            }

            for (var i = 0; i < _count; i++)
            {
                Append(ref _taken, ref _takenCount, _items[i]);
                _items[i] = default;
            }

            _count = 0;
        }
    }

    /// <summary>Waits until an item is queued, the queue is closed, or the time is over.</summary>
    /// <returns>False if the queue is closed and empty.</returns>
    public bool Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (_count == 0 && !_isClosed)
            {
                _isWaiting = true;
                Monitor.Wait(_gate, milliseconds);
                _isWaiting = false;
            }

            return _count > 0 || !_isClosed;
        }
    }

    /// <summary>Refuses later items, and ends a wait.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Wake();
        }
    }

    /// <summary>Closes the queue and forgets all items.</summary>
    public void Drop()
    {
        Close();
        lock (_gate)
        {
            Array.Clear(_items);
            _count = 0;
        }

        Array.Clear(_taken);
        Array.Clear(_deferred);
        (_at, _takenCount, _deferredCount) = (0, 0, 0);
    }

    private void Wake()
    {
        if (_isWaiting)
        {
            Monitor.Pulse(_gate);
        }
    }

    private static void Append(ref Item[] items, ref int count, Item item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, Math.Max(CapacityMin, 2 * items.Length));
        }

        items[count++] = item;
    }
}

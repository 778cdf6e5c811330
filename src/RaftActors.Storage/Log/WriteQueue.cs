using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// The writes that the stores of a directory ask for, in order. Any thread may call <see cref="Add"/> and <see cref="Close"/>. The other
/// members belong to the writing thread. Allocates nothing once its queues are large enough.
/// </summary>
internal sealed class WriteQueue
{
    private readonly object _gate = new();
    private Queue<Item> _items = new();
    private bool _isWaiting;
    private bool _isClosed;

    // The items that the writing thread has taken and not finished.
    private Queue<Item> _taken = new();
    private Queue<Item> _deferred = new();

    public readonly record struct Item(SlotOpening Opening, Effect.Write Write)
    {
        public Slot Slot => Opening.Slot;
    }

    public bool HasTaken => _taken.Count > 0;

    public Item Next => _taken.Peek();

    public IEnumerable<Item> Taken => _taken;

    public IReadOnlyCollection<Item> Deferred => _deferred;

    /// <summary>Queues a write, unless the queue is closed.</summary>
    public void Add(SlotOpening opening, Effect.Write write)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _items.Enqueue(new Item(opening, write));
                Wake();
            }
        }
    }

    /// <summary>Finishes the next item.</summary>
    public void Done() => _taken.Dequeue();

    /// <summary>Puts the next item off. <see cref="Take"/> takes it again once no other item is left.</summary>
    public void Defer() => _deferred.Enqueue(_taken.Dequeue());

    /// <summary>Takes the queued items, behind the deferred ones.</summary>
    public void Take()
    {
        if (!HasTaken && _deferred.Count > 0)
        {
            (_deferred, _taken) = (_taken, _deferred);
            foreach (var item in _taken)
            {
                item.Opening.IsStalled = false;
            }
        }

        lock (_gate)
        {
            if (!HasTaken)
            {
                (_items, _taken) = (_taken, _items);
                return;
            }

            while (_items.TryDequeue(out var item))
            {
                _taken.Enqueue(item);
            }
        }
    }

    /// <summary>Waits until an item is queued, the queue is closed, or the time is over.</summary>
    /// <returns>False if the queue is closed and empty.</returns>
    public bool Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (_items.Count == 0 && !_isClosed)
            {
                _isWaiting = true;
                Monitor.Wait(_gate, milliseconds);
                _isWaiting = false;
            }

            return _items.Count > 0 || !_isClosed;
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
            _items.Clear();
        }

        _taken.Clear();
        _deferred.Clear();
    }

    private void Wake()
    {
        if (_isWaiting)
        {
            Monitor.Pulse(_gate);
        }
    }
}

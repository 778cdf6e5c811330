using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>What the stores of a directory want written, in order. Makes no garbage once its memory is large enough.</summary>
internal sealed class WriteQueue
{
    private readonly object _gate = new();
    private Item[] _items = new Item[64];
    private int _count;
    private bool _isWaiting;
    private bool _isClosed;

    // What was taken out, by the one that writes.
    private Item[] _taken = new Item[64];
    private int _takenCount;
    private int _at;

    // What was put off, by the same.
    private Item[] _deferred = [];
    private int _deferredCount;

    public readonly record struct Item(FileStore Store, Effect.Write Write);

    /// <summary>Something is taken and not done.</summary>
    public bool HasTaken => _at < _takenCount;

    /// <summary>What is to be done next.</summary>
    public ref readonly Item Next => ref _taken[_at];

    /// <summary>Everything that is taken and not done.</summary>
    public ReadOnlySpan<Item> Taken => _taken.AsSpan(_at, _takenCount - _at);

    /// <summary>Everything that was put off.</summary>
    public ReadOnlySpan<Item> Deferred => _deferred.AsSpan(0, _deferredCount);

    public void Add(FileStore store, Effect.Write write)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            Append(ref _items, ref _count, new Item(store, write));
            Wake();
        }
    }

    /// <summary>The next one is done.</summary>
    public void Done()
    {
        _taken[_at++] = default;
        if (_at == _takenCount)
        {
            (_at, _takenCount) = (0, 0);
        }
    }

    /// <summary>The next one is put off.</summary>
    public void Defer()
    {
        Append(ref _deferred, ref _deferredCount, Next);
        Done();
    }

    /// <summary>Takes out what is there, and what was put off before it.</summary>
    public void Take()
    {
        if (!HasTaken && _deferredCount > 0)
        {
            (_deferred, _taken, _takenCount, _deferredCount) = (_taken, _deferred, _deferredCount, 0);
            foreach (var item in Taken)
            {
                item.Store.IsStalled = false;
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

    /// <summary>Waits until something is there, or until it is woken or the time is over.</summary>
    /// <returns>False: it is closed, and nothing is there.</returns>
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

    /// <summary>Takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Wake();
        }
    }

    /// <summary>Forgets everything, and takes nothing more.</summary>
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
            Array.Resize(ref items, Math.Max(64, 2 * items.Length));
        }

        items[count++] = item;
    }
}

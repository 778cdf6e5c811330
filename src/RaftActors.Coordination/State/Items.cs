using System.Buffers;
using System.Globalization;

using static RaftActors.Coordination.State.Answer;

namespace RaftActors.Coordination.State;

/// <summary>
/// The items by their names, and the latest changes of them for watchers. Not thread-safe.
/// <para>
/// Invariants, which the tests check: the bytes are those of all items, and are bounded, as are the changes; the changes are in
/// the order of their serials; the latest change of an item in the list is the item.
/// </para>
/// </summary>
internal sealed class Items(int changesMax, List<Topic> touched)
{
    /// <summary>
    /// The most bytes of all items in JSON. It also bounds their number, since each one has an overhead. A list of all items is one
    /// message, which must fit into a frame of 16 MiB.
    /// </summary>
    public const int BytesMax = 8 << 20;

    /// <summary>The longest value, in UTF-16 units. Its pair has less than 64 kB, whichever characters JSON escapes.</summary>
    public const int ValueMax = 9_000;

    /// <summary>The most changes that are remembered. Tests may allow fewer.</summary>
    public const int ChangesMax = 1_000;

    public const int ChangeBytesMax = 1 << 20;

    /// <summary>The most items of one commit.</summary>
    public const int PartsMax = 100;

    /// <summary>The most bytes of one commit in JSON. Its pair has less than 64 kB, and one item of any size fits.</summary>
    public const int CommitBytesMax = 60 << 10;

    // The names of the members, two serials and a lifetime.
    private const int OverheadBytes = 128;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create(" !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly Dictionary<string, Item> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<long, SortedSet<string>> _ofSessions = [];
    private readonly Queue<Item> _changes = [];
    private ulong _digest;
    private ulong _changesDigest;
    private long _bytes;
    private long _changeBytes;

    // The serial of the latest forgotten change. All later ones are remembered.
    private long _compacted;

    /// <summary>A hash of the items and of the remembered changes. Each change of an item updates it.</summary>
    public ulong Digest => StateHash.Mix(StateHash.Mix(_digest, (ulong)_compacted), _changesDigest);

    public static Items Of(ItemsImage image, int changesMax, List<Topic> touched)
    {
        var made = new Items(changesMax, touched) { _compacted = image.Compacted };
        foreach (var item in image.Items)
        {
            made.Add(item);
        }

        foreach (var change in image.Changes)
        {
            made.Remember(change);
        }

        return made;
    }

    public ItemsImage ToImage() => new([.. InOrder(_items.Values)], [.. _changes], _compacted);

    /// <summary>Writes an item, if it has the expected version.</summary>
    /// <param name="serial">The version of what is written.</param>
    public Answer Put(string name, Command.Put put, long serial)
    {
        var known = _items.GetValueOrDefault(name);
        return put.Expected is { } expected && expected != (known?.Version ?? 0)
            ? new Conflict(known?.Version ?? 0)
            : Write(known, new Item(name, put.Value, serial, put.Session, put.Lifetime)) ?? new Done();
    }

    /// <summary>Adds to an item that is a number. It keeps its session and its lifetime. A new item has neither.</summary>
    public Answer Add(string name, long delta, long serial)
    {
        var known = _items.GetValueOrDefault(name);
        if (!long.TryParse(known?.Value ?? "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return new Refused($"The item '{name}' is not a whole number of 64 bits. Add to another item, or write a number first.");
        }

        var sum = (Int128)number + delta;
        if (sum < long.MinValue || sum > long.MaxValue)
        {
            return new Refused($"{number} and {delta} have no sum of 64 bits. Write a lower number to '{name}' first.");
        }

        var text = sum.ToString(CultureInfo.InvariantCulture);
        return Write(known, new Item(name, text, serial, known?.Session ?? 0, known?.Lifetime)) ?? new Counted((long)sum);
    }

    /// <summary>Deletes an item, if it has the expected version, or any version if that is null.</summary>
    public Answer Delete(string name, long? expected, long serial)
    {
        if (!_items.TryGetValue(name, out var known) || (expected ?? known.Version) != known.Version)
        {
            return new Conflict(known?.Version ?? 0);
        }

        Remove(known);
        Remember(new Item(name, null, serial));
        return new Done();
    }

    /// <summary>
    /// Writes and deletes items, if all have the expected versions, and together they stay within the bound. Otherwise changes none.
    /// </summary>
    public Answer Commit(Command.Commit commit, long serial)
    {
        foreach (var part in commit.Parts)
        {
            var version = Find(part.Name)?.Version ?? 0;
            if (part.Expected is { } expected && expected != version)
            {
                return new Conflict(version, part.Name);
            }
        }

        var changes = commit.Parts.Where(part => part.IsChange)
            .Select(part => new Item(part.Name, part.Value, serial, part.OfSession ? commit.Session : 0, part.Lifetime)).ToList();
        if (FindExcess(changes) is { } excess)
        {
            return excess;
        }

        foreach (var change in changes)
        {
            if (change.Value is null)
            {
                Delete(change.Name, null, serial);
            }
            else
            {
                Replace(Find(change.Name), change);
            }
        }

        return new Done();
    }

    /// <summary>Deletes the items of a session that has ended.</summary>
    public void DeleteOf(long session, long serial)
    {
        // Sorted by name, so that all processes remember the changes in the same order.
        foreach (var name in _ofSessions.GetValueOrDefault(session)?.ToArray() ?? [])
        {
            Delete(name, null, serial);
        }
    }

    /// <summary>Forgets the changes up to a serial, so that each watcher is told all items.</summary>
    public void Forget(long serial)
    {
        _changes.Clear();
        (_changeBytes, _changesDigest, _compacted) = (0, 0, serial);
    }

    public Item? Find(string name) => _items.GetValueOrDefault(name);

    /// <summary>Returns the changes after a serial, or all items if some of these changes are forgotten.</summary>
    public ItemsView ChangesAfter(string prefix, long serial)
    {
        return serial < _compacted
            ? new ItemsView(true, [.. InOrder(_items.Values.Where(Matches))])
            : new ItemsView(false, [.. _changes.Where(change => change.Version > serial && Matches(change))]);

        bool Matches(Item item) => item.Name.StartsWith(prefix, StringComparison.Ordinal);
    }

    private static IEnumerable<Item> InOrder(IEnumerable<Item> items) => items.OrderBy(item => item.Name, StringComparer.Ordinal);

    // An upper bound of the bytes in JSON, which may escape a character to six. The formula is part of the state, so all versions must
    // agree on it.
    private static int SizeOf(Item item) => SizeOf(item.Name, item.Value);

    /// <summary>Returns an upper bound of the bytes of an item, or of a part of a commit, in JSON.</summary>
    public static int SizeOf(string name, string? value) => OverheadBytes + SizeOf(name) + SizeOf(value ?? "");

    private static int SizeOf(ReadOnlySpan<char> text)
    {
        var size = text.Length;
        for (int place; (place = text.IndexOfAnyExcept(Plain)) >= 0; text = text[(place + 1)..])
        {
            size += 5;
        }

        return size;
    }

    private static ulong DigestOf(Item item)
    {
        var hash = StateHash.Extend(StateHash.Extend((ulong)item.Version, item.Name), item.Value ?? "");
        return StateHash.Mix(StateHash.Mix(hash, (ulong)item.Session), (ulong)(item.Lifetime?.Ticks ?? 0));
    }

    // Null if the item is written.
    private Answer? Write(Item? known, Item item)
    {
        var excess = FindExcess([item]);
        if (excess is null)
        {
            Replace(known, item);
        }

        return excess;
    }

    // Null if the bound holds after all of the changes, which have different names.
    private Answer? FindExcess(IEnumerable<Item> changes)
    {
        var bytes = _bytes;
        foreach (var each in changes)
        {
            bytes += (each.Value is null ? 0 : SizeOf(each)) - (Find(each.Name) is { } known ? SizeOf(known) : 0);
        }

        return bytes > BytesMax
            ? new Refused($"All items would have {bytes} bytes; at most {BytesMax} are allowed. Delete some, or keep them elsewhere.")
            : null;
    }

    private void Replace(Item? known, Item item)
    {
        if (known is not null)
        {
            Remove(known);
        }

        Add(item);
        Remember(item);
    }

    private void Add(Item item)
    {
        _items.Add(item.Name, item);
        _digest += DigestOf(item);
        _bytes += SizeOf(item);
        if (item.Session != 0)
        {
            (_ofSessions.TryGetValue(item.Session, out var names)
                ? names
                : _ofSessions[item.Session] = new SortedSet<string>(StringComparer.Ordinal)).Add(item.Name);
        }
    }

    private void Remove(Item item)
    {
        _items.Remove(item.Name);
        _digest -= DigestOf(item);
        _bytes -= SizeOf(item);
        if (_ofSessions.TryGetValue(item.Session, out var names) && names.Remove(item.Name) && names.Count == 0)
        {
            _ofSessions.Remove(item.Session);
        }
    }

    private void Remember(Item change)
    {
        touched.Add(new Topic(TopicKind.Item, change.Name));
        _changes.Enqueue(change);
        _changeBytes += SizeOf(change);
        _changesDigest += DigestOf(change);
        while (_changes.Count > changesMax || _changeBytes > ChangeBytesMax)
        {
            var forgotten = _changes.Dequeue();
            _changeBytes -= SizeOf(forgotten);
            _changesDigest -= DigestOf(forgotten);
            _compacted = forgotten.Version;
        }
    }
}

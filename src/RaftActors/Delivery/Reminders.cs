using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Delivery;

/// <summary>
/// The reminders that an actor has set, by name. Only the log changes them, so all processes have the same. They are part of a snapshot.
/// Not thread-safe: the actor's own.
/// </summary>
internal sealed class Reminders
{
    // These bounds are part of the format of snapshots.
    public const int CountMax = 100_000;
    public const int BytesMax = 16 << 20;

    private const int OverheadBytes = 32;

    /// <summary>The most bytes that <see cref="Write"/> writes.</summary>
    public const int SectionSizeMax = BytesMax + (CountMax * OverheadBytes);

    private readonly Dictionary<string, Reminder> _byName = new(StringComparer.Ordinal);

    // The names in the order of a snapshot, which finds those of one entity without a look at the others.
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private long _made;
    private int _bytes;

    /// <summary>A number that is equal on two processes with the same reminders, and 0 without any.</summary>
    public ulong Hash { get; private set; }

    public int Count => _byName.Count;

    public IEnumerable<Reminder> All => _byName.Values;

    /// <summary>Sets a reminder, in place of one with the same name.</summary>
    /// <param name="after">Null if the reminder follows <paramref name="at"/>.</param>
    /// <exception cref="InvalidOperationException">There are too many. None is replaced.</exception>
    public Reminder Set(string name, TimeSpan? after, DateTimeOffset at, ReadOnlyMemory<byte> value)
    {
        Reminder reminder = new(name, _made + 1, after, at, value);
        var before = _byName.GetValueOrDefault(name);
        DemandRoom(before is null ? 1 : 0, reminder.Size - (before?.Size ?? 0));
        Forget(name);
        Add(reminder);
        _made = reminder.Number;
        return reminder;
    }

    /// <exception cref="InvalidOperationException">There is no room for so many more.</exception>
    public void DemandRoom(int count, int bytes)
    {
        if (_byName.Count + count > CountMax || _bytes + bytes > BytesMax)
        {
            throw new InvalidOperationException(
                $"A reminder is too much: an actor has at most {CountMax} of them, and {BytesMax} bytes of names and values in them. "
                + "Forget those that are not needed, or keep the rest in the state, with one reminder for the next of them.");
        }
    }

    /// <summary>Forgets the reminders with certain names.</summary>
    /// <param name="range">Bounds of these names, in ordinal order. The others are not looked at.</param>
    public void ForgetAll((string First, string Last) range, Func<string, bool> hasName)
    {
        foreach (var name in _names.GetViewBetween(range.First, range.Last).Where(hasName).ToList())
        {
            Forget(name);
        }
    }

    public bool Forget(string name)
    {
        if (!_byName.Remove(name, out var reminder))
        {
            return false;
        }

        _names.Remove(name);
        _bytes -= reminder.Size;
        Hash -= reminder.Hash;
        return true;
    }

    /// <summary>Takes the reminder of a pair. Returns false if it was taken before, forgotten or set anew.</summary>
    public bool TryTake(string name, long number) => Has(name, number) && Forget(name);

    public bool Has(string name, long number) => _byName.TryGetValue(name, out var reminder) && reminder.Number == number;

    public void Write(ByteWriter writer)
    {
        writer.Number(_made);
        writer.Number(_byName.Count);
        foreach (var reminder in _names.Select(name => _byName[name]))
        {
            writer.Text(reminder.Name);
            writer.Number(reminder.Number);
            writer.Optional(reminder.After, static (to, after) => to.Number(after.Ticks));
            writer.Number(reminder.At.UtcTicks);
            writer.Bytes(reminder.Value.Span);
        }
    }

    public static Reminders Read(ref ByteReader reader)
    {
        Reminders read = new() { _made = reader.Count() };
        var (count, before) = (reader.Count(), (string?)null);
        for (var place = 0L; place < count; place++)
        {
            Reminder reminder = new(
                reader.Text(),
                reader.Count(),
                reader.Flag() ? new TimeSpan(reader.Count()) : null,
                ReadTime(ref reader),
                reader.Bytes().ToArray());
            if (string.CompareOrdinal(reminder.Name, before) <= 0 || reminder.Number > read._made || place == CountMax
                || read._bytes + reminder.Size > BytesMax)
            {
                throw reader.Damaged("the reminders are out of order or too many");
            }

            read.Add(reminder);
            before = reminder.Name;
        }

        return read;
    }

    private void Add(Reminder reminder)
    {
        _byName.Add(reminder.Name, reminder);
        _names.Add(reminder.Name);
        _bytes += reminder.Size;
        Hash += reminder.Hash;
    }

    private static DateTimeOffset ReadTime(ref ByteReader reader) => reader.Count() is var ticks && ticks <= DateTime.MaxValue.Ticks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw reader.Damaged($"{ticks} is no time");
}

/// <summary>A reminder that is set and, according to the log, not due yet.</summary>
/// <param name="Number">Unique in its actor, so it distinguishes reminders of one name.</param>
/// <param name="After">The time from when a leader knows of the reminder, or null if it follows <paramref name="At"/>.</param>
/// <param name="At">Used only without <paramref name="After"/>.</param>
/// <param name="Value">The encoded value.</param>
internal sealed record Reminder(string Name, long Number, TimeSpan? After, DateTimeOffset At, ReadOnlyMemory<byte> Value)
{
    public int Size { get; } = StrictText.SizeOf(Name) + Value.Length;

    public ulong Hash { get; } = StateHash.Extend(
        StateHash.Extend(StateHash.Mix(StateHash.Mix(PrefixHash.Empty, (ulong)Number), (ulong)(After?.Ticks ?? ~At.UtcTicks)), Name),
        Value.Span);
}

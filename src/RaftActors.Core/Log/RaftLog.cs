using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The log in memory, what of it is durable, and what is still to be written. Every index in it from 1 to <see cref="Last"/> is present.
/// </summary>
internal sealed class RaftLog
{
    private readonly List<Slot> _slots;

    /// <summary>Writes under way, oldest first. Invariant: an end is never beyond what still stands as it was written.</summary>
    private readonly List<Write> _writes = [];

    /// <summary>The lowest index that was touched since the last <see cref="TakeUnsaved"/>; beyond the end when none was.</summary>
    private LogIndex _firstUnsaved;

    /// <summary>Starts from entries that are durable.</summary>
    /// <exception cref="ArgumentException">Index, term or serial do not follow on one another.</exception>
    public RaftLog(ImmutableArray<LogEntry> entries)
    {
        _slots = new List<Slot>(entries.Length);
        foreach (var entry in entries)
        {
            if (!FollowsOn(LastPosition, entry))
            {
                throw new ArgumentException($"The log does not go on from {LastPosition} to {entry}.", nameof(entries));
            }

            Push(entry);
        }

        Durable = Last;
        _firstUnsaved = Last.Next;
    }

    /// <summary>The index of the last entry.</summary>
    public LogIndex Last => new(_slots.Count);

    /// <summary>What an election compares.</summary>
    public LogPosition LastPosition => PositionAt(Last);

    /// <summary>Everything up to here is on disk as it stands here.</summary>
    public LogIndex Durable { get; private set; }

    /// <summary>Something was appended that no write was asked for yet.</summary>
    public bool HasUnsaved => _firstUnsaved <= Last;

    /// <summary>The term of the entry at an index; term 0 before the first.</summary>
    public Term TermAt(LogIndex index) => index == LogIndex.Zero ? Term.Zero : SlotAt(index).Entry.Term;

    /// <summary>The position at an index from 0 to <see cref="Last"/>.</summary>
    public LogPosition PositionAt(LogIndex index)
    {
        if (index == LogIndex.Zero)
        {
            return default;
        }

        var (entry, hash) = SlotAt(index);
        return new LogPosition(index, entry.Term, entry.Serial, hash);
    }

    /// <summary>Entries from an index on, at most so many, and no more than so many bytes unless the first alone has more.</summary>
    public ImmutableArray<LogEntry> From(LogIndex first, int limit, long bytes = long.MaxValue)
    {
        var end = Math.Min(limit, Last.Value - first.Value + 1);
        var count = 0;
        for (; count < end; count++)
        {
            bytes -= _slots[(int)first.Value - 1 + count].Entry.Payload.Size;
            if (bytes < 0 && count > 0)
            {
                break;
            }
        }

        if (count <= 0)
        {
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<LogEntry>(count);
        for (var i = 0; i < count; i++)
        {
            entries.Add(_slots[(int)first.Value - 1 + i].Entry);
        }

        return entries.MoveToImmutable();
    }

    /// <summary>Whether this log holds that place: the consistency check of §5.3, on content too where a term says too little.</summary>
    public bool Holds(LogPosition position) => position.Index <= Last && PositionAt(position.Index) == position;

    /// <summary>Whether the entry stands in this log, given that everything before it agrees.</summary>
    public bool Holds(LogEntry entry, ulong hash) =>
        entry.Index <= Last && PositionAt(entry.Index) == new LogPosition(entry.Index, entry.Term, entry.Serial, hash);

    /// <summary>
    /// The last place at or before <paramref name="index"/> whose term is not above <paramref name="term"/>: it skips a conflicting term in
    /// one step (§5.3). Terms never fall along a log, so halving finds it.
    /// </summary>
    public LogIndex LastNotAbove(Term term, LogIndex index)
    {
        // Invariant: low qualifies, high does not.
        var (low, high) = (0L, Math.Min(index.Value, Last.Value) + 1);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (TermAt(new LogIndex(middle)) <= term)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return new LogIndex(low);
    }

    /// <summary>Adds an entry at the end.</summary>
    public void Append(LogEntry entry)
    {
        Invariant.That(FollowsOn(LastPosition, entry), "index and serial are dense and terms never fall along a log");
        if (!HasUnsaved)
        {
            _firstUnsaved = entry.Index;
        }

        Push(entry);
    }

    /// <summary>Removes everything at and above an index. Nothing that was written there vouches for what comes in its place.</summary>
    public void TruncateFrom(LogIndex index)
    {
        _slots.RemoveRange((int)index.Value - 1, _slots.Count - (int)index.Value + 1);
        _firstUnsaved = Min(_firstUnsaved, index);
        Durable = Min(Durable, Last);
        for (var i = 0; i < _writes.Count; i++)
        {
            _writes[i] = _writes[i] with { End = Min(_writes[i].End, Last) };
        }
    }

    /// <summary>Gives what was touched since the last call, to be written under this ticket.</summary>
    public ImmutableArray<LogEntry> TakeUnsaved(Ticket ticket)
    {
        if (!HasUnsaved)
        {
            return [];
        }

        var entries = From(_firstUnsaved, int.MaxValue);
        _writes.Add(new Write(ticket, Last));
        _firstUnsaved = Last.Next;
        return entries;
    }

    /// <summary>The writes up to this ticket are durable.</summary>
    public void Saved(Ticket ticket)
    {
        var done = 0;
        for (; done < _writes.Count && _writes[done].Ticket <= ticket; done++)
        {
            Durable = Max(Durable, _writes[done].End);
        }

        _writes.RemoveRange(0, done);
    }

    private static bool FollowsOn(LogPosition before, LogEntry entry) =>
        entry.Index == before.Index.Next
        && entry.Term >= before.Term
        && entry.Serial == (entry.Payload is Payload.Pair ? before.Serial.Next : before.Serial);

    private static LogIndex Min(LogIndex one, LogIndex other) => one < other ? one : other;

    private static LogIndex Max(LogIndex one, LogIndex other) => one > other ? one : other;

    private void Push(LogEntry entry) => _slots.Add(new Slot(entry, PrefixHash.Extend(LastPosition.Hash, entry.Payload)));

    private Slot SlotAt(LogIndex index) => _slots[(int)index.Value - 1];

    /// <summary>An entry, and the hash over all pairs up to it.</summary>
    private readonly record struct Slot(LogEntry Entry, ulong Hash);

    /// <summary>A write that was asked for, and how far it makes the log durable.</summary>
    private readonly record struct Write(Ticket Ticket, LogIndex End);
}

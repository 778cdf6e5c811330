namespace RaftActors.Core;

/// <content>The part of the log that is on disk, and the part that is still to be written.</content>
internal sealed partial class RaftLog
{
    /// <summary>The outstanding writes, oldest first. Invariant: no end is above entries that stand as they were written.</summary>
    private readonly List<Write> _writes = [];

    /// <summary>The lowest index changed since the last <see cref="TakeUnsaved"/>, or beyond the end.</summary>
    private LogIndex _firstUnsaved;

    /// <summary>The write that replaces the entries truncated last, or null if it was not requested yet.</summary>
    private Ticket? _overwrittenBy;

    /// <summary>The entries up to here are on disk.</summary>
    public LogIndex Durable { get; private set; }

    /// <summary>
    /// The entries up to here are in the store. <see cref="Durable"/> may be higher, because a snapshot may overtake their write.
    /// </summary>
    public LogIndex Stored { get; private set; }

    /// <summary>The disk may still hold truncated entries.</summary>
    public bool IsOverwriting { get; private set; }

    /// <summary>Entries were appended whose write was not requested yet.</summary>
    public bool HasUnsaved => _firstUnsaved <= Last;

    /// <summary>Returns the entries changed since the last call, to be written under this ticket.</summary>
    public LogSlice TakeUnsaved(Ticket ticket)
    {
        if (!HasUnsaved)
        {
            return default;
        }

        var entries = From(_firstUnsaved);
        AskFor(new Write(ticket, Last));
        _firstUnsaved = Last.Next;
        return entries;
    }

    /// <summary>Notes that the writes up to this ticket are durable.</summary>
    public void Saved(Ticket ticket)
    {
        var done = 0;
        for (; done < _writes.Count && _writes[done].Ticket <= ticket; done++)
        {
            Stored = Max(Stored, _writes[done].End);
        }

        Durable = Max(Durable, Stored);
        Invariant.That(Durable <= Last, "only an entry of the log is durable");
        _writes.RemoveRange(0, done);
        IsOverwriting &= !(_overwrittenBy <= ticket);
    }

    /// <summary>Notes that a snapshot is being written under this ticket, and will cover all entries up to an index.</summary>
    public void Covered(LogIndex index, Ticket ticket) => AskFor(new Write(ticket, index));

    /// <summary>Notes that a durable snapshot covers all entries up to an index.</summary>
    public void Covered(LogIndex index) => Durable = Max(Durable, index);

    private static LogIndex Min(LogIndex one, LogIndex other) => one < other ? one : other;

    private static LogIndex Max(LogIndex one, LogIndex other) => one > other ? one : other;

    private void AskFor(Write write)
    {
        Invariant.That(_writes.Count == 0 || _writes[^1].Ticket < write.Ticket, "writes are asked for in the order of tickets");
        Invariant.That(write.End <= Last, "a write ends within the log");
        _writes.Add(write);
        _overwrittenBy = IsOverwriting ? _overwrittenBy ?? write.Ticket : null;
    }

    private void ForgetWritesAbove(LogIndex last)
    {
        _firstUnsaved = Min(_firstUnsaved, last.Next);
        (IsOverwriting, _overwrittenBy) = (true, null);
        (Durable, Stored) = (Min(Durable, last), Min(Stored, last));
        for (var i = 0; i < _writes.Count; i++)
        {
            _writes[i] = _writes[i] with { End = Min(_writes[i].End, last) };
        }
    }

    private void ForgetWrites()
    {
        _writes.Clear();
        (_firstUnsaved, Durable, Stored) = (Last.Next, LogIndex.Zero, LogIndex.Zero);
        (IsOverwriting, _overwrittenBy) = (true, null);
    }

    /// <summary>A write, and the index up to which it makes the log durable.</summary>
    private readonly record struct Write(Ticket Ticket, LogIndex End);
}

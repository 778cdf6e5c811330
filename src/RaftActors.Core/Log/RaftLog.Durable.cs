namespace RaftActors.Core;

/// <content>What of the log is on disk, and what is still to be written.</content>
internal sealed partial class RaftLog
{
    /// <summary>Writes under way, oldest first. Invariant: an end is never beyond what still stands as it was written.</summary>
    private readonly List<Write> _writes = [];

    /// <summary>The lowest index that was touched since the last <see cref="TakeUnsaved"/>; beyond the end when none was.</summary>
    private LogIndex _firstUnsaved;

    /// <summary>The write that takes the place of what was truncated last; none if it was not asked for yet.</summary>
    private Ticket? _overwrittenBy;

    /// <summary>Everything up to here is on disk as it stands here.</summary>
    public LogIndex Durable { get; private set; }

    /// <summary>What was truncated here may still be on disk.</summary>
    public bool IsOverwriting { get; private set; }

    /// <summary>Something was appended that no write was asked for yet.</summary>
    public bool HasUnsaved => _firstUnsaved <= Last;

    /// <summary>Gives what was touched since the last call, to be written under this ticket.</summary>
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

    /// <summary>The writes up to this ticket are durable.</summary>
    public void Saved(Ticket ticket)
    {
        var done = 0;
        for (; done < _writes.Count && _writes[done].Ticket <= ticket; done++)
        {
            Durable = Max(Durable, _writes[done].End);
        }

        _writes.RemoveRange(0, done);
        IsOverwriting &= !(_overwrittenBy <= ticket);
    }

    /// <summary>A snapshot up to here is being written under this ticket, and will stand for everything up to it.</summary>
    public void Covered(LogIndex index, Ticket ticket) => AskFor(new Write(ticket, index));

    /// <summary>A durable snapshot stands for everything up to here.</summary>
    public void Covered(LogIndex index) => Durable = Max(Durable, index);

    private static LogIndex Min(LogIndex one, LogIndex other) => one < other ? one : other;

    private static LogIndex Max(LogIndex one, LogIndex other) => one > other ? one : other;

    private void AskFor(Write write)
    {
        _writes.Add(write);
        _overwrittenBy = IsOverwriting ? _overwrittenBy ?? write.Ticket : null;
    }

    private void ForgetWritesAbove(LogIndex last)
    {
        _firstUnsaved = Min(_firstUnsaved, last.Next);
        (IsOverwriting, _overwrittenBy) = (true, null);
        Durable = Min(Durable, last);
        for (var i = 0; i < _writes.Count; i++)
        {
            _writes[i] = _writes[i] with { End = Min(_writes[i].End, last) };
        }
    }

    private void ForgetWrites()
    {
        _writes.Clear();
        (_firstUnsaved, Durable) = (Last.Next, LogIndex.Zero);
        (IsOverwriting, _overwrittenBy) = (true, null);
    }

    /// <summary>A write that was asked for, and how far it makes the log durable.</summary>
    private readonly record struct Write(Ticket Ticket, LogIndex End);
}

namespace RaftActors.Core.Tests.Harness;

/// <summary>What survives of a process: writes are done in order, each whole; those under way at a crash are lost.</summary>
internal sealed class SimulatedDisk(InitialState initial)
{
    private readonly Queue<Effect.Persist> _underWay = [];

    public InitialState Content { get; private set; } = initial;

    public int TimesOpened { get; private set; }

    public bool IsIdle => _underWay.Count == 0;

    public InitialState Open()
    {
        TimesOpened++;
        return Content;
    }

    public void Write(Effect.Persist write) => _underWay.Enqueue(write);

    public Ticket FinishOne()
    {
        var write = _underWay.Dequeue();
        Content = new InitialState(
            write.HardState ?? Content.HardState,
            write.Entries.IsEmpty ? Content.Log : [.. Content.Log.Take((int)write.Entries[0].Index.Value - 1), .. write.Entries]);
        return write.Ticket;
    }

    public void LoseWhatIsUnderWay() => _underWay.Clear();
}

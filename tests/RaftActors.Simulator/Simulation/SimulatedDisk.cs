using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>Makes the disk of a process, with what its store begins with.</summary>
internal delegate SimulatedDisk DiskMaker(ProcessName owner, LogSlice preload);

/// <summary>
/// What survives of a process. Writes are done in order, each whole or not at all. Of those under way at a crash the first so many
/// survive, though nobody was told. Here it is said, and not shown: a kind of its own may stand on real code, and has to say the same.
/// </summary>
internal class SimulatedDisk
{
    private readonly Queue<object> _underWay = [];
    private readonly MemoryStream _incoming = new();
    private Snapshot? _described;

    /// <summary>By position; earlier ones are kept until they are discarded, since they may be on their way to somebody.</summary>
    private readonly List<TakenSnapshot> _snapshots = [];

    public HardState HardState { get; private set; } = new(Term.Zero, null, []);

    public LogImage Log { get; } = new();

    /// <summary>The latest snapshot.</summary>
    public TakenSnapshot? Snapshot => _snapshots.Count > 0 ? _snapshots[^1] : null;

    /// <summary>No write ends until it is let go again.</summary>
    public bool IsStuck { get; set; }

    public bool IsBusy => _underWay.Count > 0;

    public int WritesUnderWay => _underWay.Count;

    public static SimulatedDisk Holding(ProcessName owner, LogSlice preload)
    {
        var disk = new SimulatedDisk();
        disk.Log.Load(preload);
        return disk;
    }

    /// <summary>An image of what is durable now, to be restored later.</summary>
    public virtual SimulatedDisk Copy()
    {
        var copy = new SimulatedDisk { HardState = HardState };
        copy.Log.Load(Log);
        copy._snapshots.AddRange(_snapshots);
        return copy;
    }

    public virtual InitialState Open() => new(HardState, Log.All()) { Base = Log.Base, Snapshot = Snapshot?.Snapshot };

    /// <summary>So many bytes of a snapshot, or as many as there are; null if it is not there.</summary>
    public virtual ReadOnlyMemory<byte>? Read(LogPosition position, long offset, int limit)
    {
        if (_snapshots.Find(one => one.Snapshot.Position == position) is not { } snapshot)
        {
            return null;
        }

        var data = snapshot.Data.AsMemory((int)offset);
        return data[..Math.Min(limit, data.Length)];
    }

    /// <summary>An effect that has to do with the disk, or a snapshot that the process itself took.</summary>
    public virtual void Write(object write) => _underWay.Enqueue(write);

    /// <summary>Ends some writes, the oldest first, and gives them back.</summary>
    public virtual IEnumerable<object> Finish(Prng prng)
    {
        for (var count = prng.Between(1, WritesUnderWay); count > 0; count--)
        {
            yield return FinishOne();
        }
    }

    /// <summary>
    /// Of a stopped process: another entry stands in the log in the place of what was written. False if nothing is there, or if a process
    /// that starts over it would notice, and refuse.
    /// </summary>
    public virtual bool Damage(LogEntry entry)
    {
        var first = Math.Max(Log.Base.Index.Value, Snapshot?.Snapshot.Position.Index.Value ?? 0) + 1;
        var isThere = entry.Index.Value >= first && entry.Index.Value <= Log.Last;
        if (isThere)
        {
            Log.Change(entry);
        }

        return isThere;
    }

    public virtual void Crash(Prng prng)
    {
        for (var survivors = prng.Between(0, WritesUnderWay); survivors > 0; survivors--)
        {
            FinishOne();
        }

        foreach (var taken in _underWay.OfType<TakenSnapshot>())
        {
            Keep(taken); // It is written beside the log, and may be faster.
        }

        ForgetUnderWay();
    }

    /// <summary>What was under way is gone, and a piece of a snapshot with it.</summary>
    protected void ForgetUnderWay()
    {
        _underWay.Clear();
        _incoming.SetLength(0);
        IsStuck = false;
    }

    /// <summary>It holds this, and nothing else.</summary>
    protected void Load(InitialState state, IEnumerable<TakenSnapshot> snapshots)
    {
        HardState = state.HardState;
        Log.Load(state.Base, state.Log);
        _snapshots.Clear();
        _snapshots.AddRange(snapshots);
    }

    /// <summary>Those that can be read.</summary>
    protected IReadOnlyList<TakenSnapshot> Snapshots => _snapshots;

    /// <summary>Ends the oldest write and gives it back.</summary>
    protected object FinishOne()
    {
        var write = _underWay.Dequeue();
        switch (write)
        {
            case Effect.Persist(_, var hardState, var entries):
                Keep(hardState);
                Log.Write(entries);
                break;
            case Effect.StoreChunk chunk:
                StoreChunk(chunk);
                break;
            case Effect.InstallSnapshot install:
                Violation.Unless(
                    _incoming.Length == install.Snapshot.Length, "snapshot", $"{install.Snapshot} comes with {_incoming.Length} bytes");
                CheckDescription(install.Snapshot);
                _snapshots.Add(new TakenSnapshot(install.Snapshot, _incoming.ToArray()));
                Log.BeginAt(install.Snapshot.Position, install.KeepsLog);
                break;
            case Effect.Discard(var position, var snapshot):
                var covered = Snapshot?.Snapshot.Position.Index ?? LogIndex.Zero;
                Violation.Unless(position.Index <= covered, "write", "the log is discarded and no snapshot stands for it");
                Log.DiscardUpTo(position);
                _snapshots.RemoveAll(one => one.Snapshot.Position.Index < snapshot);
                break;
            case TakenSnapshot taken:
                Keep(taken);
                break;
        }

        return write;
    }

    private void Keep(TakenSnapshot taken)
    {
        if (Snapshot is null || taken.Snapshot.Position.Index > Snapshot.Snapshot.Position.Index)
        {
            _snapshots.Add(taken);
        }
    }

    private void Keep(HardState? next)
    {
        if (next is null)
        {
            return;
        }

        if (next.Term < HardState.Term)
        {
            throw new Violation("vote", $"the term on a disk falls from {HardState.Term} to {next.Term}");
        }

        if (next.Term == HardState.Term && HardState.VotedFor is { } vote && next.VotedFor != vote)
        {
            throw new Violation("vote", $"the vote of term {next.Term} on a disk changes from {vote} to {next.VotedFor}");
        }

        HardState = next;
    }

    private void StoreChunk(Effect.StoreChunk chunk)
    {
        var (_, snapshot, offset, data) = chunk;
        if (offset == 0)
        {
            _incoming.SetLength(0);
            _described = snapshot;
        }

        Violation.Unless(offset == _incoming.Length, "snapshot", $"a piece for {offset} comes after {_incoming.Length} bytes");
        CheckDescription(snapshot);
        _incoming.Position = offset;
        _incoming.Write(data.Span);
    }

    /// <summary>A store writes it with the first piece, so it cannot change later.</summary>
    private void CheckDescription(Snapshot snapshot) => Violation.Unless(
        snapshot == _described, "snapshot", $"{snapshot} has another description than its first piece");
}

/// <summary>A snapshot that a process took of its own state.</summary>
internal sealed record TakenSnapshot(Snapshot Snapshot, byte[] Data);

using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>Makes the disk of a process, with preloaded pairs.</summary>
internal delegate SimulatedDisk DiskMaker(ProcessName owner, LogSlice preload);

/// <summary>
/// The disk of a process. Writes are done in order, each as a whole or not at all. At a crash a random number of the oldest writes under
/// way survive, though they were not reported as done. A subclass may use a real store, and must give the same results.
/// </summary>
internal class SimulatedDisk
{
    private readonly Queue<object> _underWay = [];
    private readonly MemoryStream _incoming = new();
    private Snapshot? _described;
    private LogIndex _committed;

    /// <summary>Of the writes under way, the number that survive a crash; null: a crash decides.</summary>
    private int? _covered;

    /// <summary>Snapshots by position. Earlier ones are kept until they are discarded, since a transfer may need them.</summary>
    private readonly List<TakenSnapshot> _snapshots = [];

    public HardState HardState { get; private set; } = new(Term.Zero, null, []);

    public LogImage Log { get; } = new();

    /// <summary>The latest snapshot; null without one.</summary>
    public TakenSnapshot? Snapshot => _snapshots.Count > 0 ? _snapshots[^1] : null;

    /// <summary>Whether no write ends.</summary>
    public bool IsStuck { get; set; }

    public bool IsBusy => _underWay.Count > 0;

    public int WritesUnderWay => _underWay.Count;

    public static SimulatedDisk Holding(ProcessName owner, LogSlice preload)
    {
        var disk = new SimulatedDisk();
        disk.Log.Load(preload);
        return disk;
    }

    /// <summary>
    /// The disk of a plain group. The specification of another Raft writes and sends in one step, so a crash loses only writes after
    /// which the process has sent nothing (<see cref="Cover"/>). The disk also keeps the commit index.
    /// </summary>
    public static SimulatedDisk Plain(InitialState state)
    {
        var disk = new SimulatedDisk { _covered = 0 };
        disk.Load(state, []);
        return disk;
    }

    /// <summary>All writes that were asked for survive a crash from now on, and so does the commit index.</summary>
    public void Cover(LogIndex committed) => (_covered, _committed) = (WritesUnderWay, committed);

    /// <summary>Returns a copy of the durable content, to restore later.</summary>
    public virtual SimulatedDisk Copy()
    {
        var copy = new SimulatedDisk { HardState = HardState };
        copy.Log.Load(Log);
        copy._snapshots.AddRange(_snapshots);
        return copy;
    }

    public virtual InitialState Open() => new(HardState, Log.All())
    {
        Base = Log.Base,
        Snapshot = Snapshot?.Snapshot,
        Committed = _committed,
    };

    /// <summary>Returns at most <paramref name="limit"/> bytes of a snapshot; null if it does not exist.</summary>
    public virtual ReadOnlyMemory<byte>? Read(LogPosition position, long offset, int limit)
    {
        if (_snapshots.Find(one => one.Snapshot.Position == position) is not { } snapshot)
        {
            return null;
        }

        var data = snapshot.Data.AsMemory((int)offset);
        return data[..Math.Min(limit, data.Length)];
    }

    /// <summary>Reads entries of the log; none if one of them was discarded, or is not written.</summary>
    public virtual LogSlice ReadLog(LogIndex first, LogIndex last) =>
        first > Log.Base.Index && last.Value <= Log.Last
            ? Log.All().Skip((int)(first.Value - 1 - Log.Base.Index.Value)).Take((int)(last.Value - first.Value + 1))
            : default;

    /// <summary>Begins a write: an effect for the disk, or a snapshot of the process itself.</summary>
    public virtual void Write(object write) => _underWay.Enqueue(write);

    /// <summary>Ends a random number of writes, the oldest first, and returns them.</summary>
    public virtual IEnumerable<object> Finish(Prng prng)
    {
        for (var count = prng.Between(1, WritesUnderWay); count > 0; count--)
        {
            yield return FinishOne();
        }
    }

    /// <summary>
    /// Replaces an entry on the disk of a stopped process. Returns false if the log lacks its index, or if a restart would detect
    /// the damage.
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
        for (var survivors = _covered ?? prng.Between(0, WritesUnderWay); survivors > 0; survivors--)
        {
            FinishOne();
        }

        foreach (var taken in _underWay.OfType<TakenSnapshot>())
        {
            Keep(taken); // A snapshot is written beside the log, and may overtake it.
        }

        ForgetUnderWay();
    }

    /// <summary>Drops the writes under way and the chunks of an unfinished snapshot.</summary>
    protected void ForgetUnderWay()
    {
        _underWay.Clear();
        _incoming.SetLength(0);
        IsStuck = false;
    }

    /// <summary>The entries up to an index are committed and durable. Default: the disk does not care.</summary>
    public virtual void NoteCommitted(LogIndex index)
    {
    }

    /// <summary>Replaces the whole content.</summary>
    protected void Load(InitialState state, IEnumerable<TakenSnapshot> snapshots)
    {
        HardState = state.HardState;
        Log.Load(state.Base, [.. (state.Earlier?.Pages ?? []).Append(state.Log).SelectMany(page => page)]);
        _snapshots.Clear();
        _snapshots.AddRange(snapshots);
    }

    /// <summary>The snapshots that can be read.</summary>
    protected IReadOnlyList<TakenSnapshot> Snapshots => _snapshots;

    /// <summary>Ends the oldest write and returns it.</summary>
    protected object FinishOne()
    {
        var write = _underWay.Dequeue();
        _covered -= _covered > 0 ? 1 : 0;
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
                    _incoming.Length == install.Snapshot.Length, "snapshot", $"{install.Snapshot} has {_incoming.Length} bytes");
                CheckDescription(install.Snapshot);
                _snapshots.Add(new TakenSnapshot(install.Snapshot, _incoming.ToArray()));
                Log.BeginAt(install.Snapshot.Position, install.KeepsLog);
                break;
            case Effect.Discard(var position, var snapshot):
                var covered = Snapshot?.Snapshot.Position.Index ?? LogIndex.Zero;
                Violation.Unless(position.Index <= covered, "write", "entries are discarded that no snapshot covers");
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

        Violation.Unless(offset == _incoming.Length, "snapshot", $"a chunk at {offset} follows {_incoming.Length} bytes");
        CheckDescription(snapshot);
        _incoming.Position = offset;
        _incoming.Write(data.Span);
    }

    /// <summary>A store writes the description with the first chunk, so it cannot change later.</summary>
    private void CheckDescription(Snapshot snapshot) => Violation.Unless(
        snapshot == _described, "snapshot", $"{snapshot} has another description than its first chunk");
}

/// <summary>A snapshot that a process took of its own state.</summary>
internal sealed record TakenSnapshot(Snapshot Snapshot, byte[] Data);

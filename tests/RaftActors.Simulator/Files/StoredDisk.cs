using RaftActors.Core;
using RaftActors.DiskModel;
using RaftActors.Storage;
using RaftActors.Testing;

namespace RaftActors.Simulator;

/// <summary>
/// A disk on which the real store writes, and which loses power at a crash in all the ways of the model. What the store gives back must be
/// what was told to be durable, and of what was under way the first so many writes; from then on it is what the process has.
/// </summary>
internal sealed class StoredDisk : SimulatedDisk, IStoreListener
{
    /// <summary>A cut comes within so many operations of the disk.</summary>
    private const int OperationsAtCrashMax = 14;

    private static readonly StoreOptions Options = new()
    {
        Directory = "model",
        SegmentSizeBytes = 4096,
        BatchSizeMaxBytes = 2048,
        FreeSpaceFloorBytes = 0,
    };

    private readonly StoreOwner _owner;
    private readonly LogSlice _preload;
    private readonly List<SavedSnapshot> _saves = [];

    /// <summary>What the store holds for certain, and after each of the writes under way.</summary>
    private readonly List<StoreModel> _models = [];
    private ModelDisk _disk;
    private StoreDirectory? _directory;
    private IRaftStore? _store;
    private Incarnation? _incarnation;
    private InitialState? _found;
    private Ticket _asked;
    private Ticket _told;
    private int _saved;
    private int _identities;

    private StoredDisk(StoreOwner owner, LogSlice preload, DiskImage found)
    {
        (_owner, _preload, _disk) = (owner, preload, new ModelDisk(found) { IsRecording = false });
        _models.Add(StoreModel.Holding(preload));
    }

    public static SimulatedDisk Make(ProcessName owner, LogSlice preload)
    {
        var disk = new StoredDisk(new StoreOwner("simulated", owner), preload, DiskImage.Empty);
        disk.Recover(disk.OpenStore());
        return disk;
    }

    public override SimulatedDisk Copy()
    {
        var durable = _disk.CutNow(_ => 1).Found;
        var copy = new StoredDisk(_owner, _preload, durable) { _incarnation = _incarnation };
        copy._models[0] = _models[0];
        copy.Recover(copy.OpenStore());
        return copy;
    }

    public override InitialState Open() => _found ?? throw new InvalidOperationException("It is started without a crash before.");

    public override ReadOnlyMemory<byte>? Read(LogPosition position, long offset, int limit)
    {
        if (base.Read(position, offset, limit) is not { } said)
        {
            return null;
        }

        var read = _store!.ReadSnapshot(position, offset, limit);
        Violation.Unless(read.Span.SequenceEqual(said.Span), "store", $"of the snapshot up to {position} other bytes are read at {offset}");
        return read;
    }

    public override void Write(object write)
    {
        base.Write(write);
        if (write is TakenSnapshot taken)
        {
            _saves.Add(new SavedSnapshot(taken.Snapshot, taken.Data));
            _store!.SaveSnapshot(taken.Snapshot, taken.Data);
            return;
        }

        var effect = (Effect.Write)write;
        _models.Add(_models[^1].After(effect));
        _asked = effect switch
        {
            Effect.Persist(var ticket, _, _) => ticket,
            Effect.StoreChunk(var ticket, _, _, _) => ticket,
            Effect.InstallSnapshot(var ticket, _, _) => ticket,
            _ => _asked,
        };
        Violation.Unless(!_store!.Write(effect), "store", "a write is durable at once");
    }

    public override IEnumerable<object> Finish(Prng prng)
    {
        _saved = 0;
        _directory!.WriteQueued();
        Violation.Unless(_told == _asked && _saved == _saves.Count, "store", $"ticket {_asked} was asked for, and {_told} told");
        if (prng.Chance(5))
        {
            _directory.Seal();
        }

        var durable = _saves.Aggregate(_models[^1], (model, save) => model.With(save));
        _models.Clear();
        _models.Add(durable);
        _saves.Clear();
        for (var count = WritesUnderWay; count > 0; count--)
        {
            yield return FinishOne();
        }
    }

    /// <summary>Checksums find it, and what a store does then its own tests tell.</summary>
    public override bool Damage(LogEntry entry) => false;

    public override void Crash(Prng prng)
    {
        if (prng.Chance(80))
        {
            _disk.PowerLeft = prng.Between(0, OperationsAtCrashMax);
            _directory!.WriteQueued();
        }

        RecoveredState? found = null;
        while (found is null)
        {
            _disk = new ModelDisk(Cut(prng)) { IsRecording = false };
            _disk.PowerLeft = prng.Chance(20) ? prng.Between(0, OperationsAtCrashMax) : null;
            try
            {
                found = OpenStore();
            }
            catch (StoreException) when (_disk.PowerLeft <= 0)
            {
                // It goes again while the store is opened.
            }

            found = _disk.PowerLeft <= 0 ? null : found;
        }

        _disk.PowerLeft = null;
        ForgetUnderWay();
        Recover(found);
    }

    public void OnPersisted(Ticket ticket) => _told = ticket;

    public void OnSnapshotSaved(Snapshot snapshot) => _saved++;

    public void OnSpace(bool isShort)
    {
    }

    public void OnFailed(StoreException cause) =>
        Violation.Unless(_disk.PowerLeft <= 0, "store", $"the store failed, and the disk did nothing wrong: {cause.Message}");

    private DiskImage Cut(Prng prng)
    {
        var fate = prng.Between(0, 3);
        return _disk.CutNow(fates => fate switch
        {
            0 => 0,
            1 => 1,
            _ => prng.Between(0, fates - 1),
        }).Found;
    }

    private RecoveredState OpenStore()
    {
        _directory = StoreDirectory.Open(Options, _disk, () => new Guid(++_identities, 0, 0, new byte[8]));
        _store = _directory.StoreOf(_owner);
        return _store.Open(_owner, _preload, this);
    }

    /// <summary>What the store gave back is what it has, if it may be.</summary>
    private void Recover(RecoveredState found)
    {
        var held = Candidates().FirstOrDefault(model => model.Difference(found.State) is null);
        Violation.Unless(held is not null, "store", $"after a cut of the power {_models[0].Difference(found.State)}");
        Violation.Unless((_incarnation ??= found.Incarnation) == found.Incarnation, "store", "the store has another incarnation");
        var snapshots = new List<TakenSnapshot>();
        foreach (var (snapshot, state) in held!.Readable)
        {
            var read = Found(snapshot);
            var isSame = read is null || read.AsSpan().SequenceEqual(state.Span);
            Violation.Unless(isSame, "store", $"the snapshot {snapshot} holds another state");
            Violation.Unless(read is not null || snapshot != held.Latest!.Snapshot, "store", $"the latest snapshot, {snapshot}, is gone");
            snapshots.AddRange(read is null ? [] : [new TakenSnapshot(snapshot, read)]);
        }

        _models.Clear();
        _models.Add(held.Reopened());
        _saves.Clear();
        (_found, _asked, _told) = (found.State, default, default);
        Load(found.State, snapshots);
    }

    private byte[]? Found(Snapshot snapshot)
    {
        try
        {
            return _store!.ReadSnapshot(snapshot.Position, 0, (int)snapshot.Length).ToArray();
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private IEnumerable<StoreModel> Candidates()
    {
        foreach (var model in Enumerable.Reverse(_models))
        {
            yield return model;
            foreach (var save in _saves)
            {
                yield return model.With(save);
            }
        }
    }
}

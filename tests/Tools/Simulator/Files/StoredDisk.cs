using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Storage.Tests.Contract;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Simulator;

/// <summary>
/// A disk with a real store on the model of a disk, which loses power at a crash. The store must recover all writes that it had reported
/// as durable, and a prefix of the writes under way. The process continues with the recovered state.
/// </summary>
internal sealed class StoredDisk : SimulatedDisk, IStoreListener
{
    /// <summary>A power cut happens within this number of disk operations.</summary>
    private const int OperationsAtCrashMax = 14;

    private static readonly StoreOptions Options = new()
    {
        Directory = "model",
        SegmentSizeBytes = 4096,
        BatchSizeMaxBytes = 2048,
        FreeSpaceFloorBytes = 0,
        RecoveredSizeMaxBytes = 100,
    };

    private readonly StoreOwner _owner;
    private readonly LogSlice _preload;
    private readonly List<SavedSnapshot> _saves = [];

    /// <summary>The certain content of the store, and its content after each write under way.</summary>
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
        (_owner, _preload, _disk) = (owner, preload, new ModelDisk(found));
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
        var durable = _disk.CutNow(_ => 1);
        var copy = new StoredDisk(_owner, _preload, durable) { _incarnation = _incarnation };
        copy._models[0] = _models[0];
        copy.Recover(copy.OpenStore());
        return copy;
    }

    public override InitialState Open() => _found ?? throw new InvalidOperationException("The process is started twice without a crash.");

    public override ReadOnlyMemory<byte>? Read(LogPosition position, long offset, int limit)
    {
        if (base.Read(position, offset, limit) is not { } said)
        {
            return null;
        }

        var read = _store!.ReadSnapshot(position, offset, limit);
        Violation.Unless(read.Span.SequenceEqual(said.Span), "store", $"the snapshot up to {position} reads differently at {offset}");
        return read;
    }

    public override LogSlice ReadLog(LogIndex first, LogIndex last)
    {
        var (said, read) = (base.ReadLog(first, last), _store!.ReadLog(first, last));
        var isSame = read.Select(StoreText.Of).SequenceEqual(said.Select(StoreText.Of));
        Violation.Unless(isSame, "store", $"the entries {first} to {last} read differently");
        return read;
    }

    public override void NoteCommitted(LogIndex index) => _store!.NoteCommitted(index);

    public override void Write(object write)
    {
        base.Write(write);
        if (write is TakenSnapshot taken)
        {
            _saves.Add(new SavedSnapshot(taken.Snapshot, taken.Data));
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
        Violation.Unless(!_store!.Write(effect), "store", "a write is reported as durable at once");
    }

    public override IEnumerable<object> Finish(Prng prng)
    {
        _saved = 0;
        _directory!.WriteQueued();
        SaveAll();
        Violation.Unless(_told == _asked && _saved == _saves.Count, "store", $"ticket {_asked} was requested, but {_told} was reported");
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

    /// <summary>Not simulated: checksums detect it, and the tests of the store cover it.</summary>
    public override bool Damage(LogEntry entry) => false;

    public override void Crash(Prng prng)
    {
        if (prng.Chance(80))
        {
            _disk.PowerLeft = prng.Between(0, OperationsAtCrashMax);
            _directory!.WriteQueued();
            try
            {
                SaveAll();
            }
            catch (StoreException) when (_disk.PowerLeft <= 0)
            {
                // The power cut came while a snapshot was saved.
            }
        }

        RecoveredState? found = null;
        while (found is null)
        {
            _disk = new ModelDisk(Cut(prng));
            _disk.PowerLeft = prng.Chance(20) ? prng.Between(0, OperationsAtCrashMax) : null;
            try
            {
                found = OpenStore();
            }
            catch (StoreException) when (_disk.PowerLeft <= 0)
            {
                // Another power cut, while the store is opened.
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
        Violation.Unless(_disk.PowerLeft <= 0, "store", $"the store failed without a fault of the disk: {cause.Message}");

    private void SaveAll() => _saves.ForEach(save => _store!.SaveSnapshot(save.Snapshot, save.State));

    private DiskImage Cut(Prng prng)
    {
        var fate = prng.Between(0, 3);
        return _disk.CutNow(fates => fate switch
        {
            0 => 0,
            1 => 1,
            _ => prng.Between(0, fates - 1),
        });
    }

    private RecoveredState OpenStore()
    {
        _directory = StoreDirectory.Open(Options, _disk, () => new Guid(++_identities, 0, 0, new byte[8]));
        _store = _directory.StoreOf(_owner);
        return _store.Open(_owner, _preload, this);
    }

    /// <summary>Checks the recovered state and continues with it.</summary>
    private void Recover(RecoveredState found)
    {
        var held = Candidates().FirstOrDefault(model => model.Difference(found.State) is null);
        Violation.Unless(held is not null, "store", $"after a power cut {_models[0].Difference(found.State)}");
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

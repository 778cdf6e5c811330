namespace RaftActors.Storage.Tests.Contract;

/// <summary>
/// Stores in files keep the contract on a disk that loses power, whatever happens to unsynced writes. The directory is opened again
/// for each store, so that no state comes from memory.
/// </summary>
public sealed class PowerCutContractTests
{
    /// <summary>The fate of unsynced writes.</summary>
    public enum Cut
    {
        KeepsAll,
        LosesAll,
        Tears,
    }

    public static TheoryData<string, Cut> Cases
    {
        get
        {
            var cases = new TheoryData<string, Cut>();
            foreach (var name in RaftStoreContract.Names(canCrash: true))
            {
                Enum.GetValues<Cut>().ToList().ForEach(cut => cases.Add(name, cut));
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_on_a_disk_that_loses_power_keeps_the_contract(string name, Cut cut) =>
        RaftStoreContract.Run(name, new OnModelDisk(cut));

    private sealed class OnModelDisk(Cut cut) : StoreUnderTest
    {
        private static readonly StoreOptions Options =
            new() { Directory = "model", SegmentSizeBytes = 4096, BatchSizeMaxBytes = 2048, FreeSpaceFloorBytes = 0 };

        private readonly Random _random = new(1);
        private ModelDisk _disk = new();
        private StoreDirectory? _directory;

        public override bool CanCrash => true;

        public override TimeSpan WaitMax => TimeSpan.Zero;

        public override IRaftStore Make(StoreOwner owner)
        {
            _directory?.Dispose();
            _directory = StoreDirectory.Open(Options, _disk);
            return _directory.StoreOf(owner);
        }

        public override void Work() => _directory!.WriteQueued();

        public override void Crash()
        {
            if (cut is not Cut.LosesAll)
            {
                _disk.PowerLeft = _random.Next(4);
                _directory!.WriteQueued();
            }

            var found = _disk.CutNow(fates => cut switch
            {
                Cut.KeepsAll => 0,
                Cut.LosesAll => 1,
                _ => _random.Next(fates),
            });
            (_disk, _directory) = (new ModelDisk(found), null);
        }

        public override void Dispose() => _directory?.Dispose();
    }
}

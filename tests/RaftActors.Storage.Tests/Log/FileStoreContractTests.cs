using RaftActors.Storage.Tests.Contract;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Storage.Tests.Log;

/// <summary>A store in files keeps the contract, on a model disk that loses power and on the machine's own disk.</summary>
public sealed class FileStoreContractTests
{
    private static readonly StoreOptions Small = new()
    {
        Directory = "model",
        SegmentSizeBytes = 16 << 10,
        BatchSizeMaxBytes = 8 << 10,
        FreeSpaceFloorBytes = 0,
    };

    public static TheoryData<string> Cases => [.. RaftStoreContract.Names()];

    public static TheoryData<string> CasesWithCrash => [.. RaftStoreContract.Names(canCrash: true)];

    [Theory]
    [MemberData(nameof(CasesWithCrash))]
    public void Store_on_a_disk_that_loses_unsynced_writes_keeps_the_contract(string name) =>
        RaftStoreContract.Run(name, new OnModel());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_on_the_machines_own_disk_keeps_the_contract(string name) => RaftStoreContract.Run(name, new OnDisk());

    private sealed class OnModel : StoreUnderTest
    {
        private ModelDisk _disk = new();
        private StoreDirectory? _directory;

        public override bool CanCrash => true;

        public override TimeSpan Patience => TimeSpan.Zero;

        public override IRaftStore Make(StoreOwner owner) => (_directory ??= StoreDirectory.Open(Small, _disk)).StoreOf(owner);

        public override void Work() => _directory?.WriteQueued();

        public override void Crash()
        {
            _directory = null;
            _disk = new ModelDisk(_disk.CutNow(_ => 1).Found);
        }

        public override void Dispose()
        {
            _directory?.Dispose();
            base.Dispose();
        }
    }

    private sealed class OnDisk : StoreUnderTest
    {
        private readonly TemporaryFolder _folder = new();
        private StoreDirectory? _directory;

        // Each store reads the disk again. It does not use the memory of the store before it.
        public override IRaftStore Make(StoreOwner owner)
        {
            _directory?.Dispose();
            _directory = StoreDirectory.Open(Small with { Directory = _folder.Path });
            return _directory.StoreOf(owner);
        }

        public override void Dispose()
        {
            _directory?.Dispose();
            _folder.Dispose();
            base.Dispose();
        }
    }
}

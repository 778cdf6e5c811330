namespace RaftActors.Storage.Tests.Log;

/// <summary>A store in files keeps the contract on the machine's own disk.</summary>
public sealed class FileStoreContractTests
{
    public static TheoryData<string> Cases => [.. RaftStoreContract.Names()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_on_the_machines_own_disk_keeps_the_contract(string name) => RaftStoreContract.Run(name, new OnDisk());

    private sealed class OnDisk : StoreUnderTest
    {
        private readonly TemporaryFolder _folder = new();
        private StoreDirectory? _directory;

        // Each store reads the disk again. It does not use the memory of the store before it.
        public override IRaftStore Make(StoreOwner owner)
        {
            _directory?.Dispose();
            _directory = StoreDirectory.Open(new StoreOptions
            {
                Directory = _folder.Path,
                SegmentSizeBytes = 16 << 10,
                BatchSizeMaxBytes = 8 << 10,
                FreeSpaceFloorBytes = 0,
            });
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

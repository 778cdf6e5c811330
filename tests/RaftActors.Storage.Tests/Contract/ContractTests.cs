namespace RaftActors.Storage.Tests.Contract;

/// <summary>The store in memory keeps the contract, and the contract detects every defect.</summary>
public sealed class ContractTests
{
    public static TheoryData<string> Cases => [.. RaftStoreContract.Names()];

    public static TheoryData<string> Defects => [.. BrokenStore.Defects];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_in_memory_keeps_the_contract(string name) => RaftStoreContract.Run(name, new InMemory());

    [Theory]
    [MemberData(nameof(Defects))]
    public void Contract_detects_every_broken_store(string defect) =>
        Assert.Contains(RaftStoreContract.Names(), name => Fails(name, defect));

    [Fact]
    public void Failed_case_shows_the_expected_value()
    {
        var failure = Assert.Throws<StoreContractException>(
            () => RaftStoreContract.Run("Hard state is recovered completely", new InMemory("forgets recorded starts")));

        Assert.Contains("recorded []", failure.Message);
        Assert.Contains("recorded [raft2@node2#", failure.Message);
    }

    [Fact]
    public void Unknown_case_is_refused() =>
        Assert.Throws<ArgumentException>(() => RaftStoreContract.Run("Other", new InMemory()));

    private static bool Fails(string name, string defect)
    {
        try
        {
            RaftStoreContract.Run(name, new InMemory(defect));
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }

    private sealed class InMemory(string? defect = null) : StoreUnderTest
    {
        private readonly MemoryStore _store = new();

        public override TimeSpan WaitMax => TimeSpan.Zero;

        public override IRaftStore Make(StoreOwner owner) => defect is null ? _store : new BrokenStore(_store, defect);
    }
}

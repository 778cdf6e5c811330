using RaftActors.Storage;
using RaftActors.Testing;

namespace RaftActors.Examples;

public sealed class OwnStoreTests
{
    public static TheoryData<string> Cases => [.. RaftStoreContract.Names()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Store_keeps_the_contract(string name) => RaftStoreContract.Run(name, new OwnStore());

    private sealed class OwnStore : StoreUnderTest
    {
        private readonly MemoryStore _store = new();

        public override IRaftStore Make(StoreOwner owner) => _store;
    }
}

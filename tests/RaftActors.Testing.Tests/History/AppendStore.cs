namespace RaftActors.Testing.Tests.History;

/// <summary>A request to a store of texts. A closed set of types.</summary>
internal abstract record StoreAsk(string Key)
{
    public sealed record Get(string Key) : StoreAsk(Key);

    public sealed record Put(string Key, string Value) : StoreAsk(Key);

    public sealed record Append(string Key, string Value) : StoreAsk(Key);
}

/// <summary>The model of a store of texts by key. Each text is empty at first, and each key is a partition.</summary>
internal sealed class AppendStore : SequentialModel<string, StoreAsk, string>
{
    public override string Initial => "";

    public override bool TryStep(string state, StoreAsk input, Operation<StoreAsk, string> operation, out string next)
    {
        next = input switch
        {
            StoreAsk.Put put => put.Value,
            StoreAsk.Append append => state + append.Value,
            _ => state,
        };
        return input is not StoreAsk.Get || operation.Allows(state);
    }

    public override bool IsReadOnly(StoreAsk input) => input is StoreAsk.Get;

    public override string PartitionOf(StoreAsk input) => input.Key;
}

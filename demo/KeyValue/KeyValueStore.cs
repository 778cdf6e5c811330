using RaftActors;

namespace KeyValue;

/// <summary>
/// The state of one shard: a dictionary, the same on all nodes. The serial of the pair that last changed an item is the item's version.
/// </summary>
internal sealed class KeyValueStore(RaftShard shard)
    : RaftActor<Change, Written>(new() { Shard = shard }), IRaftSnapshot<KeyValueState>
{
    private KeyValueState _state = KeyValueState.Empty();

    // Called on each node with the same changes in the same order. The result goes to the caller.
    protected override Written HandleAppend(Entry<Change> entry) => _state.Apply(entry.Key, entry.Value, entry.Serial.Value);

    protected override object? HandleQuery(object question) => question switch
    {
        GetItem(var key) => _state.Items.GetValueOrDefault(key),
        WasApplied(var serial) => _state.WasApplied(serial),
        _ => throw new ArgumentException($"Unknown question {question}."),
    };

    public KeyValueState TakeSnapshot(Serial serial) => _state;

    public void RestoreSnapshot(Serial serial, KeyValueState state) => _state = state;
}

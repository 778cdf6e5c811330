using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>What a <see cref="Command.Commit"/> expects of one item, and what it does with the item.</summary>
/// <param name="Expected">The version that the item has before the commit, or 0 if there is none. Null expects nothing.</param>
/// <param name="Value">The new value, or null to write none.</param>
/// <param name="Deletes">Deletes the item, if there is one and no value.</param>
/// <param name="OfSession">The written item disappears with the session of the commit.</param>
/// <param name="Lifetime">The time without another write after which the written item disappears, or null to keep it.</param>
internal readonly record struct ItemPart(
    [property: JsonRequired] string Name,
    long? Expected = null,
    string? Value = null,
    bool Deletes = false,
    bool OfSession = false,
    TimeSpan? Lifetime = null)
{
    [JsonIgnore]
    public bool IsChange => Value is not null || Deletes;
}

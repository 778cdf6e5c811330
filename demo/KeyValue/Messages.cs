using System.Text.Json.Serialization;

using RaftActors;

namespace KeyValue;

/// <summary>One value, and the serial of the change that wrote it.</summary>
internal sealed record Item(byte[] Value, string? ContentType, long Serial);

/// <summary>The value of a pair: writes or deletes the item of the pair's key.</summary>
/// <param name="Value">Null: deletes it.</param>
/// <param name="ContentType">Of the value.</param>
/// <param name="IfSerial">The change has an effect only if the item has this serial. Null: in any case.</param>
internal sealed record Change(byte[]? Value, string? ContentType, long? IfSerial)
{
    /// <summary>Only if there is no item.</summary>
    public const long IfAbsent = 0;

    /// <summary>Only if there is an item.</summary>
    public const long IfPresent = -1;
}

/// <summary>The result of a change.</summary>
/// <param name="IsApplied">False: the item did not have the wanted serial.</param>
/// <param name="Before">The serial of the item before the change. Null: there was none.</param>
internal sealed record Written(bool IsApplied, long? Before);

/// <summary>Asks for the item of a key. The answer is null if there is none.</summary>
internal sealed record GetItem(string Key) : IRaftQuestion<Item?>;

/// <summary>Asks whether the change with this serial had an effect. The answer is null if that was forgotten.</summary>
internal sealed record WasApplied(long Serial) : IRaftQuestion<bool?>;

// Without the condition, the generated code writes a null byte[] as an empty one.
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Change))]
[JsonSerializable(typeof(Written))]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(GetItem))]
[JsonSerializable(typeof(WasApplied))]
[JsonSerializable(typeof(KeyValueState))]
internal sealed partial class KeyValueJson : JsonSerializerContext;

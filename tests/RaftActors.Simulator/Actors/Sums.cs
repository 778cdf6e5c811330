using System.Text.Json;

namespace RaftActors.Simulator.Actors;

/// <summary>A sum for each key, with snapshots.</summary>
internal sealed class Sums : RaftActor<int, int>, IRaftSnapshot<byte[]>
{
    private SortedDictionary<string, int> _sums = new(StringComparer.Ordinal);

    public string Text => string.Join(" ", _sums);

    public byte[] TakeSnapshot(Serial serial) => JsonSerializer.SerializeToUtf8Bytes(_sums);

    public void RestoreSnapshot(Serial serial, byte[] state) =>
        _sums = new(JsonSerializer.Deserialize<Dictionary<string, int>>(state) ?? [], StringComparer.Ordinal);

    protected override int HandleAppend(Entry<int> entry) => _sums[entry.Key] = _sums.GetValueOrDefault(entry.Key) + entry.Value;

    protected override object? HandleQuery(object question) => _sums.GetValueOrDefault((string)question);
}

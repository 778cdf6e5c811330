using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Storage.Backups;
using RaftActors.Values;

namespace RaftActors.Testing.Tests.Replay;

/// <summary>Writes a backup with pairs of decimals, as 'raft backup' does.</summary>
internal static class ReplayLog
{
    public static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first serial of the second day.</summary>
    private const int NextDay = 1800;

    private static readonly GroupUid Uid = new(new Guid(1, 0, 0, new byte[8]));

    /// <summary>Pairs that no variant of <see cref="Till"/> handles in another way, a second apart, with these in their places.</summary>
    public static IEnumerable<(string Key, decimal Value)> Pairs(
        int count, IReadOnlyDictionary<int, (string Key, decimal Value)>? special = null) =>
        Enumerable.Range(1, count).Select(serial => special?.TryGetValue(serial, out var pair) == true ? pair : ($"p{serial % 7}", 1m));

    /// <param name="upgradeAfter">The logic version is 2 behind this serial.</param>
    /// <param name="batch">The number of pairs in an entry.</param>
    public static string Write(
        string path, IEnumerable<(string Key, decimal Value)> pairs, int? upgradeAfter = null, string group = "till", int batch = 1)
    {
        using var system = ActorSystem.Create("codec");
        ValueCodec<decimal> values = new(system, codec: null);
        List<LogEntry> entries = [];
        Configure(version: 1);
        foreach (var chunk in pairs.Chunk(batch))
        {
            var serial = new Serial(entries[^1].Serial.Value + chunk.Length);
            var encoded = chunk.Select(pair => (pair.Key, values.Encode(pair.Value))).ToArray();
            Add(serial, batch == 1
                ? new Payload.Pair(null, encoded[0].Key, encoded[0].Item2)
                : new Payload.Pair(RequestOf(serial), "", Core.Codec.PairBatch.Encode(encoded)) { Count = chunk.Length });
            if (serial.Value == upgradeAfter)
            {
                Configure(version: 2);
            }
        }

        using BackupWriter writer = new(path, new StoreOwner(group, new ProcessName("till@node1")), continues: null);
        foreach (var part in entries.Chunk(1000))
        {
            writer.Add(null, [.. part]);
        }

        writer.Complete(Uid, Begin);
        return path;

        static RequestId RequestOf(Serial serial) => new(new Member(new ProcessName("till@node1"), Incarnation.None), serial.Value);

        void Configure(int version) => Add(
            entries.Count == 0 ? Serial.Zero : entries[^1].Serial,
            new Payload.Reconfigure(new Configuration(Uid, 1, [], [], [], []) { Version = GroupVersion.Lowest with { Logic = version } }));

        void Add(Serial serial, Payload payload) => entries.Add(new(new LogIndex(entries.Count + 1), new Term(1), serial, payload)
        {
            Time = LogTime.Of(Begin.AddSeconds(serial.Value).AddDays(serial.Value >= NextDay ? 1 : 0)),
        });
    }
}

using System.Collections.Immutable;
using System.Globalization;

using RaftActors;

namespace KeyValue;

/// <summary>
/// How far a client has seen each group: <c>kv-0=12,kv-3=7</c>. A client sends back the header of its latest answer, and reads with the
/// consistency <c>session</c> on any node. Such a read is never older than the client's own writes and earlier reads.
/// </summary>
internal sealed class Session
{
    public const string Header = "Raft-Session";

    private readonly ImmutableSortedDictionary<string, long> _serials;

    private Session(ImmutableSortedDictionary<string, long> serials) => _serials = serials;

    /// <summary>Reads the header. It is echoed, so it may have groups of the shards only. False: it is not one of this service.</summary>
    public static bool TryParse(string? text, RaftShards shards, out Session session)
    {
        var serials = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is not [var group, var number]
                || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
                || !shards.All.Any(shard => shard.Group == group)
                || !serials.TryAdd(group, serial))
            {
                session = new Session(ImmutableSortedDictionary<string, long>.Empty);
                return false;
            }
        }

        session = new Session(serials.ToImmutable());
        return true;
    }

    /// <summary>The serial of a group; null: the client has not seen it.</summary>
    public Serial? Of(string group) => _serials.TryGetValue(group, out var serial) ? new Serial(serial) : null;

    public Session With(string group, long serial) =>
        new(_serials.SetItem(group, Math.Max(serial, _serials.GetValueOrDefault(group))));

    public override string ToString() =>
        string.Join(',', _serials.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Key}={each.Value}")));
}

/// <summary>The levels of <c>?consistency=</c>.</summary>
internal static class Consistency
{
    /// <summary>Null: there is no such level.</summary>
    public static ReadConsistency? Parse(string? level, Session session, string group) => level switch
    {
        null or "linearizable" => ReadConsistency.Linearizable,
        "lease" => ReadConsistency.Lease,
        "local" => ReadConsistency.Local,
        "session" => ReadConsistency.NotOlderThan(session.Of(group) ?? default),
        _ => null,
    };
}

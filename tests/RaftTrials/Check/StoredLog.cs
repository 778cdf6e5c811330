using RaftActors.Cli;
using RaftActors.Storage.Tools;

namespace RaftTrials.Check;

/// <summary>
/// The pairs of the servers' group in the log files of a stopped server, in order. Pairs that only a snapshot covers are missing.
/// </summary>
internal sealed record StoredLog(string Server, IReadOnlyList<StoredPair> Pairs)
{
    public static StoredLog Of(string server, string data)
    {
        List<(long Index, StoredPair? Pair)> entries = [];
        foreach (var item in LogDump.Read(data)
            .Where(item => item.State == LogItemState.Whole && item.Owner?.Group == ServerId.GroupName))
        {
            switch (item)
            {
                case { Kind: "installed" }:
                    entries.Clear();
                    break;
                case { Kind: "pair" or "no-op" or "configuration", Index: { } index }:
                    // An entry at an index replaces all earlier entries from that index.
                    while (entries is [.., (var last, _)] && last >= index)
                    {
                        entries.RemoveAt(entries.Count - 1);
                    }

                    entries.Add((index, item.Key is { } key ? new StoredPair(item.Serial!.Value, AppendKey.Of(key).Id) : null));
                    break;
            }
        }

        return new StoredLog(server, [.. entries.Select(entry => entry.Pair).OfType<StoredPair>()]);
    }
}

/// <summary>A pair of a stopped server's log.</summary>
internal readonly record struct StoredPair(long Serial, string RequestId);

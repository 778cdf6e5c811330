using RaftActors.Storage;

using RaftTrials.Load;

namespace RaftTrials.Servers;

/// <summary>Reads the log files of a stopped server.</summary>
internal static class StoredLog
{
    /// <summary>
    /// The pairs of the servers' group, in order: the serials and the texts of the messages that they ask for. Pairs that only a snapshot
    /// covers are missing.
    /// </summary>
    public static List<Change> Of(string data)
    {
        List<(long Index, Change? Pair)> entries = [];
        foreach (var item in StoreTools.Dump(data).Where(item => item.State == "whole" && item.Group == ServerId.GroupName))
        {
            switch (item)
            {
                case { Kind: "installed" }:
                    entries.Clear();
                    break;
                case { Kind: "pair" or "no-op" or "configuration" or "close", Index: { } index }:
                    // An entry at an index replaces all earlier entries from that index.
                    while (entries is [.., (var last, _)] && last >= index)
                    {
                        entries.RemoveAt(entries.Count - 1);
                    }

                    entries.Add((index, item.Key is { } key ? new Change(item.Serial!.Value, TextOf(key)) : null));
                    break;
            }
        }

        return [.. entries.Select(entry => entry.Pair).OfType<Change>()];

        static string TextOf(string key) => LoadCommand.TextOf(AppendKey.Of(key).Id);
    }
}

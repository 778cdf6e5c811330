using System.Runtime.CompilerServices;

using Akka.Configuration;
using Akka.Configuration.Hocon;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>
/// Refuses keys that reference.conf does not have. Without this, a mistyped key would silently leave the default in force.
/// </summary>
internal static class ConfigKeys
{
    private const string Groups = "groups";

    /// <summary>reference.conf.</summary>
    public static Config Defaults { get; } =
        ConfigurationFactory.FromResource("RaftActors.reference.conf", typeof(ConfigKeys).Assembly);

    // Settings of the whole node, as reference.conf documents.
    private static readonly string[] OfNode =
    [
        "node", "group", "failure-domain", "discovery", "contacts", "discovery-interval", "transport", "transport-tcp", "security", Groups,
    ];

    /// <summary>Each path of reference.conf below <c>raft</c>, and whether it holds further keys.</summary>
    private static readonly Dictionary<string, bool> Known = new(PathsIn(Defaults.GetConfig("raft")!, ""));

    // The configurations without unknown keys. All processes and clients of a node read the same one, with the sections of all groups: a
    // check for each process would take the square of the number of groups.
    private static readonly ConditionalWeakTable<Config, Config> Checked = [];

    /// <summary>The configuration of <c>raft</c>.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <exception cref="RaftConfigurationException">It holds a key that reference.conf does not have.</exception>
    public static Config RaftIn(Config root) => Checked.GetValue(root, static each =>
    {
        var raft = each.GetConfig("raft") ?? Config.Empty;
        DemandKnown(raft);
        return raft;
    });

    private static void DemandKnown(Config raft)
    {
        DemandKnown(raft, "raft", "");

        // The names of groups are the user's own.
        var groups = raft.GetConfig(Groups) ?? Config.Empty;
        foreach (var (name, value) in groups.AsEnumerable())
        {
            if (IsEmpty(value))
            {
                continue;
            }

            Demand(
                HoldsKeys(value),
                $"raft.{Groups}.{name} is set to one value, but it holds keys, such as raft.{Groups}.{name}.roster. Set those keys.");
            var group = groups.GetConfig(name);
            Demand(group is not null, $"raft.{Groups} has settings for the group '{name}', which cannot be read. Use a name without dots.");
            foreach (var (key, _) in group!.AsEnumerable()) // Justification: just demanded.
            {
                Demand(!OfNode.Contains(key), $"raft.{Groups}.{name}.{key} is set, but it belongs to the whole node: set raft.{key}.");
            }

            DemandKnown(group, $"raft.{Groups}.{name}", "");
        }
    }

    // Asks only objects for their keys: for a value, Akka.NET's Config fails with a NullReferenceException.
    private static void DemandKnown(Config config, string root, string prefix)
    {
        foreach (var (key, value) in config.AsEnumerable())
        {
            var path = prefix + key;
            if (!Known.TryGetValue(path, out var shouldHoldKeys))
            {
                var unknown = prefix + FirstValue(config, key, value);
                throw new RaftConfigurationException(
                    $"There is no setting {root}.{unknown}. The nearest one is {root}.{NearestTo(unknown)}; see reference.conf for all.");
            }

            if (IsEmpty(value))
            {
                continue;
            }

            var holdsKeys = HoldsKeys(value);
            if (holdsKeys != shouldHoldKeys)
            {
                throw new RaftConfigurationException(holdsKeys
                    ? $"{root}.{path} has keys below it, but it is one value. Set {root}.{path} itself."
                    : $"{root}.{path} is set to one value, but it holds keys, such as {root}.{FirstBelow(path)}. Set those keys.");
            }

            if (holdsKeys && path != Groups)
            {
                DemandKnown(config.GetConfig(key)!, root, $"{path}."); // Justification: it was just enumerated.
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, bool>> PathsIn(Config config, string prefix)
    {
        foreach (var (key, value) in config.AsEnumerable())
        {
            var path = prefix + key;
            var holdsKeys = HoldsKeys(value) || path == Groups;
            yield return new(path, holdsKeys);
            if (holdsKeys && path != Groups)
            {
                foreach (var below in PathsIn(config.GetConfig(key)!, $"{path}.")) // Justification: it was just enumerated.
                {
                    yield return below;
                }
            }
        }
    }

    // An object without keys says as little as the empty text.
    private static bool IsEmpty(HoconValue value) => value.IsEmpty || (value.IsString() && string.IsNullOrEmpty(value.GetString()));

    private static bool HoldsKeys(HoconValue value) => value.IsObject();

    // Names an unknown object by its first value: only the full path of a moved or renamed key is near to the known one.
    private static string FirstValue(Config config, string key, HoconValue value)
    {
        if (IsEmpty(value) || !HoldsKeys(value) || config.GetConfig(key) is not { } below)
        {
            return key;
        }

        var (first, of) = below.AsEnumerable().First();
        return $"{key}.{FirstValue(below, first, of)}";
    }

    private static string FirstBelow(string path) =>
        path == Groups ? $"{Groups}.NAME.roster" : Known.Keys.First(known => known.StartsWith($"{path}.", StringComparison.Ordinal));

    private static string NearestTo(string path) => Known.Keys.MinBy(known => Farness(path, known))!; // Justification: there are keys.

    // A key with almost the right last part is near, even under the wrong parent.
    private static int Farness(string path, string known) =>
        Distance(LastOf(path), LastOf(known)) is <= 2 and var ofLast ? Math.Min(Distance(path, known), ofLast + 1) : Distance(path, known);

    private static string LastOf(string path) => path[(path.LastIndexOf('.') + 1)..];

    // The Levenshtein distance: the number of letters to insert, delete or replace.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                var replaced = diagonal + (from[i] == to[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, 1 + Math.Min(row[j], row[j + 1]));
            }
        }

        return row[to.Length];
    }
}

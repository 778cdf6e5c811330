using System.Collections.Immutable;
using System.Runtime.CompilerServices;

using Akka.Configuration;
using Akka.Configuration.Hocon;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>The settings of a section. Only its reference.conf defines their keys, types, bounds, defaults and texts.</summary>
internal sealed class SettingTable
{
    private const string Groups = "groups";

    private readonly OrderedDictionary<string, Setting> _all = [];

    // The paths that have keys below them.
    private readonly HashSet<string> _sections = [];
    private readonly string _section;

    // The configurations that were checked for unknown keys. All processes and clients of a node read the same one, with the sections of
    // all groups. A check for each process would take quadratic time in the number of groups.
    private readonly ConditionalWeakTable<Config, Config> _checked = [];

    /// <param name="reference">The text of a reference.conf.</param>
    public SettingTable(string reference)
    {
        Defaults = ConfigurationFactory.ParseString(reference);
        foreach (var setting in reference.Split('\n').Select(Setting.Parse).OfType<Setting>())
        {
            _all.Add(setting.Key, setting);
            for (var dot = setting.Key.IndexOf('.'); dot > 0; dot = setting.Key.IndexOf('.', dot + 1))
            {
                _sections.Add(setting.Key[..dot]);
            }
        }

        _section = _all.GetAt(0).Value.Section;
        if (Defaults.HasPath($"{_section}.{Groups}"))
        {
            _sections.Add(Groups);
        }
    }

    public static SettingTable OfRaft { get; } = new(ReadReference());

    public Config Defaults { get; }

    /// <summary>All settings, in the order of the file.</summary>
    public IEnumerable<Setting> All => _all.Values;

    public Setting this[string key] => _all[key];

    /// <summary>Returns the section.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <exception cref="RaftConfigurationException">
    /// The section has a key that reference.conf lacks. A mistyped key would otherwise silently leave the default in force.
    /// </exception>
    public Config In(Config root) => _checked.GetValue(root, each =>
    {
        var own = each.GetConfig(_section) ?? Config.Empty;
        DemandKnown(own, _section, "", isGroup: false);
        return own;
    });

    /// <summary>Checks all settings that a configuration has.</summary>
    /// <exception cref="RaftConfigurationException">A key is unknown, or a value is wrong.</exception>
    public void Check(Config root)
    {
        var own = In(root);
        var groups = own.GetConfig(Groups) ?? Config.Empty;
        foreach (var each in groups.AsEnumerable().Select(group => groups.GetConfig(group.Key)).OfType<Config>().Prepend(own))
        {
            var all = each == own ? own : each.WithFallback(own);
            foreach (var setting in All.Where(setting => all.HasPath(setting.Key)))
            {
                setting.Read(all, this);
            }
        }
    }

    /// <returns>The settings that should be equal on all processes of a group, with their values in one form each.</returns>
    public ImmutableArray<(string Key, string Value)> Shared(Config own) =>
        [.. All.Where(setting => setting.IsShared).Select(setting => ($"{setting}", setting.Write(setting.Read(own, this))))];

    private void DemandKnown(Config config, string root, string prefix, bool isGroup)
    {
        foreach (var (key, value) in config.AsEnumerable())
        {
            var path = prefix + key;
            var (isSetting, isSection) = (_all.ContainsKey(path), _sections.Contains(path));
            if (IsEmpty(value) && (isSetting || isSection))
            {
                continue;
            }

            // Only objects are asked for their keys, because Akka.NET's Config throws a NullReferenceException for a value.
            if (!IsEmpty(value) && value.IsObject())
            {
                Demand(!isSetting, $"{root}.{path} has keys below it, but it is one value. Set {root}.{path} itself.");
                var below = config.GetConfig(key)!; // Justification: it was just enumerated.
                if (isSection && path == Groups && !isGroup)
                {
                    DemandKnownGroups(below);
                }
                else
                {
                    DemandKnown(below, root, $"{path}.", isGroup);
                }

                continue;
            }

            if (!isSetting)
            {
                throw new RaftConfigurationException(isSection
                    ? $"{root}.{path} is set to one value, but it holds keys, such as {root}.{FirstBelow(path)}. Set those keys."
                    : $"There is no setting {root}.{path}. The nearest one is {root}.{NearestTo(path)}; see reference.conf for all.");
            }

            Demand(!isGroup || !_all[path].IsOfNode, $"{root}.{path} is set, but it belongs to the whole node: set {_section}.{path}.");
        }
    }

    // The user chooses the names of groups.
    private void DemandKnownGroups(Config groups)
    {
        foreach (var (name, value) in groups.AsEnumerable().Where(group => !IsEmpty(group.Value)))
        {
            Demand(
                value.IsObject(),
                $"raft.{Groups}.{name} is set to one value, but it holds keys, such as raft.{Groups}.{name}.roster. Set those keys.");
            var group = groups.GetConfig(name);
            Demand(group is not null, $"raft.{Groups} has settings for the group '{name}', which cannot be read. Use a name without dots.");
            DemandKnown(group!, $"raft.{Groups}.{name}", "", isGroup: true); // Justification: just demanded.
        }
    }

    // An object without keys means as little as an empty text.
    private static bool IsEmpty(HoconValue value) => value.IsEmpty || (value.IsString() && string.IsNullOrEmpty(value.GetString()));

    private string FirstBelow(string path) =>
        path == Groups ? $"{Groups}.NAME.roster" : _all.Keys.First(key => key.StartsWith($"{path}.", StringComparison.Ordinal));

    private string NearestTo(string path) => _all.Keys.Concat(_sections).MinBy(known => Farness(path, known))!; // Justification: not empty.

    // A key that was cut short is near, and one with a similar last part, even under another parent.
    private static int Farness(string path, string known) =>
        known.StartsWith(path, StringComparison.Ordinal) && !known.AsSpan(path.Length).Contains('.') ? 1 :
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

    private static string ReadReference()
    {
        using var reader = new StreamReader(typeof(SettingTable).Assembly.GetManifestResourceStream("RaftActors.reference.conf")!);
        return reader.ReadToEnd();
    }
}

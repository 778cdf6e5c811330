using System.Reflection;

using Microsoft.Extensions.Configuration;

using RaftActors.Coordination;

namespace RaftActors.Hosting;

/// <summary>
/// Binds and checks <see cref="RaftNodeOptions"/>. Each failure names the option, its value and the remedy. The start of a raft actor
/// checks the options that depend on other settings.
/// </summary>
internal static class NodeOptionsCheck
{
    /// <exception cref="RaftStartException">A key is unknown, or a value is wrong.</exception>
    public static void Bind(IConfiguration configuration, RaftNodeOptions options)
    {
        var section = configuration.GetSection(RaftNodeOptions.Section);
        Demand([.. Misread(section, typeof(RaftNodeOptions))]);
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException cause)
        {
            var key = section.AsEnumerable().FirstOrDefault(each => cause.Message.Contains($"'{each.Key}'", StringComparison.Ordinal));
            throw new RaftStartException(
                key.Key is null
                    ? $"The section {RaftNodeOptions.Section} cannot be read. {cause.Message} Correct its value."
                    : $"{key.Key} is '{key.Value}', which cannot be read. Write a number in digits, a flag as true or false, a time as "
                        + "00:00:05, and Joining as Off, On or Auto.",
                null);
        }

        // Assumes an address, because only WithRaft knows whether there is one, and checks the options again.
        Demand(options, hasAddress: true);
    }

    /// <param name="hasAddress">The actor system has an address without <see cref="RaftNodeOptions.Node"/>.</param>
    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public static void Demand(RaftNodeOptions options, bool hasAddress) => Demand([.. Problems(options, hasAddress)]);

    /// <summary>Tells whether a property holds further options.</summary>
    public static bool IsGroup(PropertyInfo property) => property.PropertyType.Namespace == typeof(RaftNodeOptions).Namespace;

    private static void Demand(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new RaftStartException(string.Join(' ', problems), null);
        }
    }

    private static string Name(string option) => $"{RaftNodeOptions.Section}:{option}";

    // Reports what the binder would accept. It ignores unknown keys, and keys below a value, and takes "5" for five days.
    private static IEnumerable<string> Misread(IConfigurationSection section, Type options)
    {
        var all = options.GetProperties();
        return section.GetChildren().SelectMany(child =>
        {
            var property = all.FirstOrDefault(each => each.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            var isList = property?.PropertyType == typeof(IReadOnlyList<string>);
            var value = child.Value ?? "";
            return property switch
            {
                null => [$"{child.Path} is unknown. The keys are {string.Join(", ", all.Select(each => each.Name))}."],
                _ when value.Length > 0 && (isList || IsGroup(property)) =>
                    [$"{child.Path} is '{value}', but it has keys below it, such as {child.Path}:{(isList ? "0" : "Certificate")}."],
                _ when IsGroup(property) => Misread(child, property.PropertyType),
                _ when !isList && child.GetChildren().Any() =>
                    [$"{child.Path} has keys below it, but it is one value. Set {child.Path} itself."],
                _ when value.Length > 0 && property.PropertyType == typeof(TimeSpan?) && !value.Contains(':') =>
                    [$"{child.Path} is '{value}', which is no time. Write hours, minutes and seconds, such as 00:00:05."],
                _ => [],
            };
        });
    }

    /// <exception cref="RaftStartException">An option is wrong.</exception>
    public static void Demand(string group, RaftGroupOptions options) =>
        Demand([.. Problems(options).Select(problem => $"The options of the group '{group}' are wrong. {problem}")]);

    private static IEnumerable<string> Problems(RaftNodeOptions options, bool hasAddress)
    {
        if (!hasAddress && options.Node is null && options.Contacts.Count == 0)
        {
            yield return "This node has no address. Call WithClustering or WithRemoting before WithRaft, or set "
                + $"{Name(nameof(options.Node))} to host:port.";
        }

        if (!hasAddress && options.Node is { } node && NodeAddress.Parse(node) is null)
        {
            yield return $"{Name(nameof(options.Node))} is '{node}'. Set it to the address of this node, as the other nodes reach it: "
                + "host:port, or :port for 127.0.0.1.";
        }

        foreach (var contact in options.Contacts.Where(contact => NodeAddress.Parse(contact) is null))
        {
            yield return $"{Name(nameof(options.Contacts))} has '{contact}'. Write host:port, or :port for 127.0.0.1.";
        }

        foreach (var problem in Problems(options))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Problems(RaftGroupOptions options)
    {
        foreach (var process in options.Roster.Where(process => !ProcessName.TryParse(process, out _)))
        {
            yield return $"{Name(nameof(options.Roster))} has '{process}'. Write process@node, such as counter@10.0.0.1:2551.";
        }

        if (options.StoreDirectory is { } directory && (directory.Length == 0 || File.Exists(directory)))
        {
            yield return $"{Name(nameof(options.StoreDirectory))} is '{directory}', which is no directory. "
                + "Name a directory on a local disk. It is created if it does not exist.";
        }

        if (WrongSetting(options) is { } wrong)
        {
            yield return wrong;
        }
    }

    // The rest of the configuration may have settings that bounds depend on, so the start of the actors checks these bounds.
    private static string? WrongSetting(RaftGroupOptions options)
    {
        try
        {
            var set = NodeHocon.Of(options);
            Raft.Check(set);
            RaftCoordination.Check(set);
            return null;
        }
        catch (RaftConfigurationException wrong)
        {
            var (option, _, _) = NodeHocon.SettingsOf(options)
                .First(each => wrong.Message.StartsWith($"{each.Setting} ", StringComparison.Ordinal));
            return $"{Name(option)} is wrong: {wrong.Message}";
        }
    }
}

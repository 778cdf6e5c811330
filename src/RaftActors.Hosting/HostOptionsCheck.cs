using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

using RaftActors.Core;
using RaftActors.Discovery;

namespace RaftActors.Hosting;

/// <summary>
/// Checks <see cref="RaftHostOptions"/> at the start of the host. Each failure names the option, its value and the remedy.
/// </summary>
internal sealed class HostOptionsCheck(HostPlan plan, HostPaths paths, IServiceProvider services)
    : IValidateOptions<RaftHostOptions>
{
    public ValidateOptionsResult Validate(string? name, RaftHostOptions options)
    {
        List<string> failures = [.. UnknownKeys()];
        failures.AddRange(plan.ExistingSystem is null ? OfOwnSystem(options) : OfExistingSystem(options));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string Name(string option) => $"{RaftHostOptions.Section}:{option}";

    private IEnumerable<string> UnknownKeys() =>
        (HostOptionsBinding.SectionOf(services)?.GetChildren() ?? [])
            .Select(child => child.Key)
            .Except(HostOptionsBinding.Keys, StringComparer.OrdinalIgnoreCase)
            .Select(key => $"{Name(key)} is unknown. The keys are {string.Join(", ", HostOptionsBinding.Keys)}.");

    private static IEnumerable<string> OfExistingSystem(RaftHostOptions options)
    {
        (string Option, bool IsSet)[] all =
        [
            (nameof(options.Node), options.Node is not null),
            (nameof(options.Roster), options.Roster.Count > 0),
            (nameof(options.Contacts), options.Contacts.Count > 0),
            (nameof(options.StoreDirectory), options.StoreDirectory is not null),
            (nameof(options.HoconFile), options.HoconFile is not null),
            (nameof(options.Hocon), options.Hocon is not null),
        ];
        return all.Where(each => each.IsSet).Select(each =>
            $"{Name(each.Option)} has no effect, because UseActorSystem names an actor system with a configuration of its own. Remove it, "
            + "and set the key of the section raft in that configuration.");
    }

    private IEnumerable<string> OfOwnSystem(RaftHostOptions options)
    {
        var hasHocon = options.Hocon is not null || options.HoconFile is not null;
        if (options.SystemName.Length == 0 || !options.SystemName.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            yield return $"{Name(nameof(options.SystemName))} is '{options.SystemName}'. Use letters, digits, - and _ only.";
        }

        // A front end has clients only. Nodes connect to it at any port, and no roster names it.
        var isFrontEnd = plan.Actors.Count == 0;
        if (options.Node is null ? !hasHocon && !isFrontEnd : !NodeAddress.IsAddress(options.Node))
        {
            yield return $"{Name(nameof(options.Node))} is '{options.Node}'. Set it to the address of this node, as the other nodes "
                + "reach it: host:port, or :port for 127.0.0.1.";
        }

        if (isFrontEnd && options.Contacts.Count == 0 && !hasHocon)
        {
            yield return $"{Name(nameof(options.Contacts))} is empty, and this host has no raft actor. Name nodes of the group, such as "
                + "10.0.0.1:2551.";
        }

        if (!isFrontEnd && options.Roster.Count == 0 && options.Contacts.Count == 0 && !hasHocon)
        {
            yield return $"{Name(nameof(options.Roster))} is empty. Name all processes of the group, on each node the same, such as "
                + "counter@10.0.0.1:2551. A process that joins a group needs a node of the group in "
                + $"{Name(nameof(options.Contacts))} instead.";
        }

        foreach (var failure in OfNames(options).Concat(OfPaths(options)))
        {
            yield return failure;
        }
    }

    private static IEnumerable<string> OfNames(RaftHostOptions options)
    {
        foreach (var process in options.Roster.Where(process => !ProcessName.TryParse(process, null, out _)))
        {
            yield return $"{Name(nameof(options.Roster))} has '{process}'. Write process@node, such as counter@10.0.0.1:2551.";
        }

        foreach (var twice in options.Roster.GroupBy(process => process, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
        {
            yield return $"{Name(nameof(options.Roster))} has '{twice.Key}' more than once. Write each process once.";
        }

        foreach (var contact in options.Contacts.Where(contact => !NodeAddress.IsAddress(contact)))
        {
            yield return $"{Name(nameof(options.Contacts))} has '{contact}'. Write host:port, or :port for 127.0.0.1.";
        }
    }

    private IEnumerable<string> OfPaths(RaftHostOptions options)
    {
        if (options.StoreDirectory is { } directory && (directory.Length == 0 || File.Exists(paths.Resolve(directory))))
        {
            yield return $"{Name(nameof(options.StoreDirectory))} is '{directory}', which is no directory. "
                + "Name a directory on a local disk. It is created if it does not exist.";
        }

        if (options.HoconFile is { } file && !File.Exists(paths.Resolve(file)))
        {
            yield return $"{Name(nameof(options.HoconFile))} is '{file}', and {paths.Resolve(file)} does not exist. Correct the path.";
        }
    }
}

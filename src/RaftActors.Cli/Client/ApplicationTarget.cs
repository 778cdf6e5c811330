using System.Globalization;

namespace RaftActors.Cli.Client;

/// <summary>A group of an application, with nodes that know it as contacts. Shows members by their full process names.</summary>
internal sealed record ApplicationTarget(string Group, ImmutableArray<Contact> Contacts, int? PortOffset)
    : Target(Group, Contacts, PortOffset, "process", "processes")
{
    /// <summary>The group of a target whose nodes have not told yet which one they have.</summary>
    public const string Unknown = "";

    public override string Roster => "raft.roster";

    public override string WhyRefused => "the node takes no connections of raft at this port, or it needs --tls-cert";

    /// <summary>Parses <c>host:port</c>, also behind the <c>@</c> of an address of Akka, several separated by commas.</summary>
    /// <exception cref="UsageException">A contact is wrong.</exception>
    public static ApplicationTarget Of(string contacts, string? group, int? portOffset = null) =>
        new(group ?? Unknown, [.. contacts.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(ContactOf)], portOffset);

    public override string Show(ProcessName process) => process.Value;

    public override string Show(string text) => text;

    public override ProcessName Parse(string text) => ProcessName.TryParse(text, out var name)
        ? name
        : throw new UsageException($"'{text}' is not the name of a process: write PROCESS@NODE, such as orders@10.0.0.1:2551");

    // The path of the actor has the address of the node. Without it, the name of a node may be its address.
    public override string? AddressOf(ProcessName process, RaftStatus? status) =>
        status?.Actor?.Path.Address is { Host: { } host, Port: { } port } ? $"{host}:{port}"
        : ParseAddress(process.Node) is var (named, number) ? $"{named}:{number}"
        : null;

    public override Target? Alone(ProcessName process) => null;

    public override bool IsRedirect(ProcessName leader) => false;

    public override string AddCommand(ProcessName process, ProcessName? by) =>
        $"raft members add {process} --contacts {Contacts[0].Key} --group {Group}"
        + (PortOffset is { } offset ? $" --port-offset {offset}" : "");

    public override string StartIt(ProcessName process, IEnumerable<ProcessName> members) =>
        "start it with raft.joining = on and a node of the group in raft.contacts";

    // The host may be left out, and is this machine then.
    private static (string Host, int Port)? ParseAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "127.0.0.1";
        return colon >= 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
            && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? (host, port)
            : null;
    }

    private static Contact ContactOf(string text) =>
        ParseAddress(text[(text.IndexOf('@') + 1)..]) is var (host, port)
            ? new Contact(host, port, text)
            : throw new UsageException(
                $"'{text}' is not a contact: write HOST:PORT, the address of a node. Separate several by commas");
}

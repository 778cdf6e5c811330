using System.Collections.Immutable;

using RaftActors.Settings;

namespace RaftActors.Cli.Client;

/// <summary>A group of a user's application, by nodes that know it. Its members are shown by their full process names.</summary>
internal sealed record ApplicationTarget(string Group, ImmutableArray<Contact> Contacts, bool IsAtAddress)
    : Target(Group, Contacts, IsAtAddress, "process", "processes")
{
    public override string WhyFounder => "its raft.roster names it";

    public override string WhyRefused => IsAtAddress
        ? "the node takes no connections of raft there, so leave out --at-address, or it needs --tls-cert"
        : "the node needs --tls-cert";

    public override string WhySilent => "no answer; check also the name of the actor system before the @";

    /// <summary>Parses <c>system@host:port</c>, several separated by commas.</summary>
    /// <exception cref="UsageException">A contact is wrong.</exception>
    public static ApplicationTarget Of(string contacts, string group, bool isAtAddress) =>
        new(group, [.. contacts.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(ContactOf)], isAtAddress);

    public override string Show(ProcessName process) => process.Value;

    public override string Show(string text) => text;

    public override ProcessName Parse(string text) => ProcessName.TryParse(text, null, out var name)
        ? name
        : throw new UsageException($"'{text}' is not the name of a process: write PROCESS@NODE, such as orders@10.0.0.1:2551");

    // A process tells the path of its actor, with the address of its node. A node that finds others by names has its address as its name.
    public override string? AddressOf(ProcessName process, RaftStatus? status) =>
        status?.Actor?.Path.Address is { Host: { } host, Port: { } port } ? $"{host}:{port}"
        : NodeAddress.Parse(process.Node) is var (named, number) ? $"{named}:{number}"
        : null;

    public override Target? Alone(ProcessName process) => null;

    // The user named nodes to begin with, and no processes.
    public override bool IsRedirect(ProcessName leader) => false;

    public override string AddCommand(ProcessName process, ProcessName? by) =>
        $"raft members add {process} --contacts {Contacts[0].Address} --group {Group}{(IsAtAddress ? " --at-address" : "")}";

    public override string Founding(IEnumerable<string> others) =>
        $"waits for {string.Join(" and ", others)}: the first start of a group needs all processes of the roster, each with the same one";

    public override string StartIt(ProcessName process, IEnumerable<ProcessName> members) =>
        "start it with raft.joining = on and a node of the group in raft.contacts";

    private static Contact ContactOf(string text) =>
        text.IndexOf('@') is > 0 and var at && NodeAddress.Parse(text[(at + 1)..]) is var (host, port)
            ? new Contact(text[..at], host, port, text)
            : throw new UsageException(
                $"'{text}' is not a contact: write SYSTEM@HOST:PORT, separated by commas. SYSTEM is the name of the actor system");
}

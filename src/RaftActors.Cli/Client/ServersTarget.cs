namespace RaftActors.Cli.Client;

/// <summary>The group of servers of this program. A server's name is its address.</summary>
internal sealed record ServersTarget(ServerId[] Servers) : Target(
    ServerId.GroupName,
    [.. Servers.Select(server => new Contact(server.Hostname, server.Port, $"{server}"))],
    PortOffset: 0,
    "server",
    "servers")
{
    public override ImmutableArray<ProcessName> Named => [.. Servers.Select(server => server.Process)];

    public override string Roster => "-c";

    public override string WhyRefused => "no raft server listens at this address, or it needs --tls-cert";

    public override string Show(ProcessName process) => ServerId.Show(process);

    public override string Show(string text) => ServerId.Show(text);

    public override ProcessName Parse(string text) => ServerId.TryParse(text, out var id)
        ? id.Process
        : throw new UsageException($"'{text}' is not a server address: write ':9990', '9990' or 'host:9990'");

    public override string? AddressOf(ProcessName process, RaftStatus? status) =>
        ServerId.TryOf(process) is { } server ? $"{server.Hostname}:{server.Port}" : null;

    public override Target? Alone(ProcessName process) => ServerId.TryOf(process) is { } server ? new ServersTarget([server]) : null;

    public override bool IsRedirect(ProcessName leader) => ServerId.TryOf(leader) is { } server && !Servers.Contains(server);

    public override string AddCommand(ProcessName process, ProcessName? by) =>
        ServerId.AddCommand(Show(process), by is { } member ? Show(member) : "HOST:PORT");

    public override string StartIt(ProcessName process, IEnumerable<ProcessName> members)
    {
        var server = ServerId.Of(process);
        return $"start it ('raft server -c {string.Join(',', members.Select(Show))} -p {server.Port}"
            + $"{(server.Host.Length > 0 ? $" --host {server.Host}" : "")}')";
    }
}
